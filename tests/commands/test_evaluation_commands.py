"""Commands that evaluate, compare runs and check published logs."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from smastn.commands.evaluation_output import show_report
from smastn.evaluation.experiment import Experiment
from smastn.evaluation.predictions import Prediction, predictions_csv
from smastn.evaluation.report import summarise
from smastn.evaluation.run_records import Results

Run = Callable[..., Any]
Refused = Callable[..., None]
PEOPLE, CLIPS = 6, 6
LOG = "toy sub01\nc1 0 0\nc2 1 0\ntoy 026\n026_1 1 1\n026_2 0 1\n026_3 0 0\n"
TRUTH = "toy,sub01,c1,0\ntoy,sub01,c2,1\ntoy,26,026_1,1\ntoy,26,026_2,0\ntoy,26,026_3,0\n"


def rows(wrong: int, seed: int = 0) -> list[Prediction]:
    """Of each subject the first `wrong` clips are predicted wrongly."""
    found = []
    for number in range(PEOPLE):
        for clip in range(CLIPS):
            truth, other = ("ab", "ba")[clip % 2]
            predicted = other if clip < wrong else truth
            subject = f"x/{number}"
            found.append(Prediction(subject, f"c{clip}", seed, subject, truth, predicted))
    return found


def run_folder(place: Path, predicted: list[Prediction]) -> Path:
    place.mkdir()
    (place / "predictions.csv").write_text(predictions_csv(predicted))
    return place


def test_compare_prints_gains_and_p_values(smastn: Run, tmp_path: Path) -> None:
    worse, better = run_folder(tmp_path / "one", rows(3)), run_folder(tmp_path / "two", rows(1))
    (pairing,) = json.loads(smastn("compare", worse, better, "--json").stdout)
    comparison = pairing["comparison"]
    assert comparison["gain"]["accuracy"] == pytest.approx(2 / CLIPS)
    assert (comparison["only_first"], comparison["only_second"]) == (0, 2 * PEOPLE)
    assert comparison["mcnemar"] == pytest.approx(2 / 2 ** (2 * PEOPLE))
    assert comparison["p_values"]["accuracy"] == pytest.approx(2 / 2**PEOPLE)
    text = smastn("compare", worse, better / "predictions.csv").stdout
    assert "+0.333" in text
    assert "in the second only: 12" in text


def test_compare_pairs_the_seeds_both_have_and_one_alone_with_all(
    smastn: Run, tmp_path: Path
) -> None:
    both = run_folder(tmp_path / "both", rows(1, 0) + rows(2, 1))
    other = run_folder(tmp_path / "other", rows(1, 1) + rows(2, 2))
    alone = run_folder(tmp_path / "alone", rows(3))
    found = json.loads(smastn("compare", both, other, "--json").stdout)
    assert [pairing["seeds"] for pairing in found] == [[1, 1]]
    found = json.loads(smastn("compare", alone, both, "--json").stdout)
    assert [pairing["seeds"] for pairing in found] == [[0, 0], [0, 1]]


def test_compare_accepts_clips_that_are_in_two_folds(smastn: Run, tmp_path: Path) -> None:
    """Across three corpora each clip is in two folds."""
    twice = [
        replace(row, fold=f"{other} to x")
        for other in ("y", "z")
        for row in rows(int(other == "z"))
    ]
    place = run_folder(tmp_path / "twice", twice)
    (pairing,) = json.loads(smastn("compare", place, place, "--json").stdout)
    assert pairing["comparison"]["clips"] == 2 * PEOPLE * CLIPS
    assert pairing["comparison"]["mcnemar"] == 1


def test_compare_refuses_what_cannot_be_compared(refused: Refused, tmp_path: Path) -> None:
    one = run_folder(tmp_path / "one", rows(1))
    fewer = run_folder(tmp_path / "fewer", rows(1)[:-1])
    other = run_folder(tmp_path / "other", rows(1, 1) + rows(1, 2))
    both = run_folder(tmp_path / "both", rows(1, 3) + rows(1, 4))
    nothing = run_folder(tmp_path / "nothing", [])
    (tmp_path / "unfinished").mkdir()
    refused("1 clips were predicted by one only, first x/5/c5", "compare", one, fewer)
    refused("wanted one in both", "compare", other, both)
    refused("holds no prediction", "compare", one, nothing)
    refused("holds no finished run", "compare", one, tmp_path / "unfinished")
    refused("cannot be read as text", "compare", one, tmp_path / "nowhere")


@pytest.fixture
def log(tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "log.txt").write_text(LOG)
    (tmp_path / "truth.csv").write_text(TRUTH)
    return tmp_path / "log.txt", tmp_path / "truth.csv"


def test_verify_accepts_scores_that_agree(smastn: Run, log: tuple[Path, Path]) -> None:
    path, truth = log
    done = smastn("verify", path, "--truth", truth, "--stated", "accuracy=0.6")
    assert done.exit_code == 0, done.output
    assert "5 of 5" in done.stdout
    assert "the stated scores agree" in done.stdout


def test_verify_names_differences_and_ends_in_1(smastn: Run, log: tuple[Path, Path]) -> None:
    path, truth = log
    words = ("verify", path, "--truth", truth, "--stated", "accuracy=0.9", "--stated", "clips=6")
    done = smastn(*words)
    assert done.exit_code == 1
    assert "accuracy is stated as 0.9; the predictions give 0.6000" in done.stdout
    assert "6 clips are stated; the log has 5" in done.stdout
    found = json.loads(smastn(*words, "--json").stdout)
    assert len(found["findings"]) == 2


def test_verify_exposes_the_precision_printed_as_recall(smastn: Run, shared_data: Path) -> None:
    folder = shared_data / "published_logs"
    words = ("verify", folder / "STSTNet_logfile.txt", "--stated", "uar=0.7605")
    done = smastn(*words, "--truth", folder / "megc2019_combined_3class_gt.csv")
    assert done.exit_code == 1
    assert "precision published as recall" in done.stdout
    assert "0.7186" in done.stdout


def test_verify_refuses_what_it_cannot_read(
    refused: Refused, log: tuple[Path, Path], tmp_path: Path
) -> None:
    path, truth = log
    words = ("verify", path, "--truth", truth)
    refused("states no known score; known are accuracy", *words, "--stated", "auc=0.5")
    refused("has no number", *words, "--stated", "uar=high")
    refused("cannot be read as text", "verify", tmp_path / "no.txt", "--truth", truth)
    (tmp_path / "empty.txt").touch()
    refused("is empty", "verify", tmp_path / "empty.txt", "--truth", truth)


def test_score_spotting_prints_counts_and_strs(smastn: Run, tmp_path: Path) -> None:
    truth, spotted = tmp_path / "truth.csv", tmp_path / "spotted.csv"
    head = "video,onset_frame,offset_frame,kind,emotion\n"
    truth.write_text(
        f"{head}a,10,20,micro,positive\na,50,120,macro,negative\nb,5,15,micro,surprise\n"
    )
    spotted.write_text(
        f"{head}a,11,20,micro,positive\na,60,120,longer,negative\nb,35,45,micro,surprise\n"
    )
    result = json.loads(smastn("score-spotting", spotted, truth, "--json").stdout)
    assert result["spotting"]["micro"]["hits"] == 1
    assert result["spotting"]["macro"]["f1"] == 1
    assert result["spotting"]["overall"]["recall"] == pytest.approx(2 / 3)
    assert result["strs"] == pytest.approx(2 / 3)
    assert "STRS 0.6667 = 0.6667 x 1.0000" in smastn("score-spotting", spotted, truth).stdout


def test_score_spotting_refuses_what_is_no_table(refused: Refused, tmp_path: Path) -> None:
    truth = tmp_path / "truth.csv"
    truth.write_text("onset,offset\n5,9\n")
    wrong = tmp_path / "spotted.csv"
    wrong.write_text("onset,offset\n9,5\n")
    refused("row 2: it lasts from frame 9 to 5", "score-spotting", wrong, truth)


def test_presets_and_experiments_are_listed_with_corpora_protocol_and_citation(smastn: Run) -> None:
    done = smastn("evaluate", "--list")
    assert done.exit_code == 0, done.output
    assert "movement       SMA-STN, movement images (recommended)" in done.stdout
    assert "casme2-5       casme2, classes 5-2019; leave-one-subject-out" in done.stdout
    assert "corpus: Yan et al. 2014, 10.1371/journal.pone.0086041" in done.stdout
    assert "segments-7" in done.stdout


def test_the_settings_of_a_run_are_printed_before_it_starts(smastn: Run, tmp_path: Path) -> None:
    words = ("--data", tmp_path, "--out", tmp_path / "run")
    text = smastn("evaluate", *words).stderr
    assert "settings of SMA-STN, movement images: preset movement (recommended)" in text
    assert "data manifest; protocol leave-one-subject-out; seeds 0" in text
    assert "training: epochs 15" in text
    text = smastn("evaluate", "flow-3", *words, "--seed", 4).stderr
    assert "settings of SMA-STN on flow images, 3 classes" in text
    assert "seeds 4" in text
    assert "preset brightness\n" in smastn("evaluate", "--preset", "brightness", *words).stderr
    trained = smastn("train", tmp_path, "--out", tmp_path / "net").stderr
    assert "preset movement (recommended)" in trained


def test_a_misspelt_name_is_refused_with_the_one_that_was_meant(
    refused: Refused, tmp_path: Path
) -> None:
    words = ("--data", tmp_path, "--out", tmp_path / "run")
    refused(r"did you mean casme2-5\?", "evaluate", "casme2_5", *words)
    refused(r"did you mean brightness\?", "evaluate", "--preset", "brightnes", *words)
    refused(r"did you mean casme2-5\?", "train", tmp_path, "--out", tmp_path, "--config", "casme25")


def test_worthless_scores_are_named_in_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    one_class = [replace(row, predicted="a") for row in rows(1)]
    results = Results(tuple(one_class), (), "5" * 64, Experiment(name="one class"))
    show_report(summarise(results, {"majority class": one_class}))
    printed = capsys.readouterr().out
    assert "The network predicts a for every clip" in printed
    assert "The network is not better than the baseline majority class: UF1 0.333" in printed
