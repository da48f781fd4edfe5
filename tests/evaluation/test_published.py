"""Published logs score what they score, and slips in what is printed of them are named."""

from pathlib import Path

import pytest

from smastn.errors import InputError
from smastn.evaluation.prediction_logs import LogEntry, PublishedLog, read_log, read_truth
from smastn.evaluation.published import verify

MATLAB = "toy sub01\nc1 0 0\nc2 1 0\ntoy 026\n026_1 1 1\n026_2 0 1\n026_3 0 0\n"
PYTHON = (
    "Subject: sub01 \nPredicted   : [0, 0] \nGround Truth: [0, 1] \nUF1: 0.5 | UAR: nan \n"
    "Subject: 026 \nPredicted   : [1, 1, 0] \nGround Truth: [1, 0, 0] \n"
    "Final Evaluation: \nUF1: 0.5833 | UAR: 0.5833 \n"
)
TRUTH = "toy,sub01,c1,0\ntoy,sub01,c2,1\ntoy,26,026_1,1\ntoy,26,026_2,0\ntoy,26,026_3,0\n"


def written(folder: Path, text: str, name: str = "log.txt") -> Path:
    path = folder / name
    path.write_text(text)
    return path


@pytest.fixture
def truth(tmp_path: Path) -> tuple[LogEntry, ...]:
    return read_truth(written(tmp_path, TRUTH, "truth.csv"))


@pytest.mark.parametrize("text", [MATLAB, PYTHON])
def test_both_layouts_give_the_same_scores_and_nothing_to_object(
    text: str, truth: tuple[LogEntry, ...], tmp_path: Path
) -> None:
    found = verify(read_log(written(tmp_path, text)), truth)
    assert found.scores.accuracy == pytest.approx(3 / 5)
    assert found.scores.uar == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert (found.clips, found.clips_wanted) == (5, 5)
    assert found.findings == ()


def test_the_matlab_log_of_ststnet_prints_precision_as_recall(shared_data: Path) -> None:
    folder = shared_data / "published_logs"
    official = read_truth(folder / "megc2019_combined_3class_gt.csv")
    claims = {"accuracy": 0.7692, "uf1": 0.7353, "uar": 0.7605}
    found = verify(read_log(folder / "STSTNet_logfile.txt"), official, claims)
    assert (found.clips, found.clips_wanted) == (442, 442)
    assert found.scores.accuracy == pytest.approx(0.7692, abs=5e-5)
    assert found.scores.uf1 == pytest.approx(0.7353, abs=5e-5)
    assert found.scores.uar == pytest.approx(0.7186, abs=5e-5)
    assert found.scores.macro_precision == pytest.approx(0.7605, abs=5e-5)
    (finding,) = found.findings
    assert "stated as 0.7605; the predictions give 0.7186" in finding
    assert "precision published as recall" in finding


def test_the_python_log_of_ststnet_holds_what_it_prints(shared_data: Path) -> None:
    folder = shared_data / "published_logs"
    official = read_truth(folder / "megc2019_combined_3class_gt.csv")
    log = read_log(folder / "STSTNet_python_logfile.txt")
    found = verify(log, official, {"clips": 442})
    assert log.printed == {"uf1": 0.7209, "uar": 0.725}
    assert found.scores.uf1 == pytest.approx(0.72095, abs=5e-6)
    assert found.scores.uar == pytest.approx(0.72498, abs=5e-6)
    assert found.findings == ()


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("c2 1 0\n", "", "1 clips of the ground truth missing from the log: toy sub01 c2"),
        ("c2 1 0\n", "c2 1 0\nc9 1 0\n", "1 clips in the log beyond the ground truth: toy sub01"),
        ("c2 1 0\n", "c2 0 0\n", "1 clips labelled otherwise, first c2"),
    ],
)
def test_clips_that_do_not_match_the_ground_truth_are_named(
    old: str, new: str, finding: str, truth: tuple[LogEntry, ...], tmp_path: Path
) -> None:
    found = verify(read_log(written(tmp_path, MATLAB.replace(old, new))), truth)
    assert any(finding in sentence for sentence in found.findings)


def test_a_log_without_clip_names_is_compared_by_subject_and_label(
    truth: tuple[LogEntry, ...], tmp_path: Path
) -> None:
    changed = PYTHON.replace("Ground Truth: [0, 1]", "Ground Truth: [0, 0]")
    found = verify(read_log(written(tmp_path, changed)), truth)
    assert "missing from the log: sub01 1" in found.findings[0]


def test_wrong_counts_and_fold_averages_are_named(
    truth: tuple[LogEntry, ...], tmp_path: Path
) -> None:
    log = read_log(written(tmp_path, MATLAB))
    averaged = verify(log, truth).fold_averaged_f1
    found = verify(log, truth, {"uf1": round(averaged, 4), "clips": 6})
    assert "F1 averaged over folds, not pooled" in found.findings[0]
    assert found.findings[1] == "6 clips are stated; the log has 5"


def test_a_claim_of_no_known_score_is_refused(truth: tuple[LogEntry, ...]) -> None:
    log = PublishedLog(tuple(LogEntry("toy", "1", f"c{t}", t, t) for t in "01"))
    with pytest.raises(InputError, match="a claim of f1 is unknown; known are accuracy, uf1"):
        verify(log, truth, {"f1": 0.5})


def test_a_predictions_table_is_a_log_too(truth: tuple[LogEntry, ...], tmp_path: Path) -> None:
    rows = "subject,clip,truth,predicted\ntoy/sub01,c1,0,0\ntoy/sub01,c2,1,0\n"
    found = verify(read_log(written(tmp_path, rows)), truth)
    assert found.clips == 2
    assert "3 clips of the ground truth missing" in found.findings[0]


@pytest.mark.parametrize(
    "text", ["", "just some words here\n", "Subject: 1\nPredicted : [0]\nGround Truth: [0, 1]\n"]
)
def test_what_is_no_log_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="wanted|is this a prediction log"):
        read_log(written(tmp_path, text))
