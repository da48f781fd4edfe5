"""Best-epoch selection on test data is marked as such, and changes no result."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from gratings import make_study

from smastn.evaluation.baselines import baseline_predictions
from smastn.evaluation.experiment import Experiment
from smastn.evaluation.metrics import pooled_scores
from smastn.evaluation.report import Report, summarise
from smastn.evaluation.report_html import render_html
from smastn.evaluation.report_tables import latex_rows, markdown
from smastn.evaluation.run import run
from smastn.evaluation.run_records import Results
from smastn.evaluation.study import Study
from smastn.training.training_settings import TrainConfig
from smastn.workers import Processes


@pytest.fixture(scope="module")
def longer(experiment: Experiment) -> Study:
    """Random labels: there is nothing to learn, and yet some epoch is the best one."""
    training = TrainConfig(epochs=6, batch=4)
    whole = make_study(replace(experiment, training=training), subjects=4)
    labels = np.random.default_rng(0).permutation([clip.emotion for clip in whole.clips])
    clips = (
        replace(clip, emotion=str(label)) for clip, label in zip(whole.clips, labels, strict=True)
    )
    return replace(whole, clips=tuple(clips))


@pytest.fixture(scope="module")
def usual(longer: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("usual") / "run"
    run(longer, place)
    return place


@pytest.fixture(scope="module")
def leaking(longer: Study, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Results]:
    place = tmp_path_factory.mktemp("leaking") / "run"
    return place, run(longer, place, show_leak=True)


@pytest.fixture(scope="module")
def report(longer: Study, leaking: tuple[Path, Results]) -> Report:
    return summarise(leaking[1], baseline_predictions(longer))


def test_predictions_are_the_same_bytes_with_and_without(
    usual: Path, leaking: tuple[Path, Results]
) -> None:
    place, _ = leaking
    assert (place / "predictions.csv").read_bytes() == (usual / "predictions.csv").read_bytes()
    assert not list(usual.rglob("*leak*"))


def test_in_no_fold_has_the_leak_fewer_correct_and_in_all_together_it_has_more(
    leaking: tuple[Path, Results],
) -> None:
    _, results = leaking
    assert [row.key for row in results.leak] == [row.key for row in results.predictions]
    for fold in {row.fold for row in results.leak}:
        right = [
            sum(row.correct for row in rows if row.fold == fold)
            for rows in (results.predictions, results.leak)
        ]
        assert right[0] <= right[1]
    assert sum(row.correct for row in results.leak) > sum(
        row.correct for row in results.predictions
    )


def test_with_one_epoch_there_is_nothing_to_select(study: Study, tmp_path: Path) -> None:
    once = replace(study.experiment, training=TrainConfig(epochs=1, batch=4))
    results = run(replace(study, experiment=once), tmp_path / "once", show_leak=True)
    assert results.leak == results.predictions
    leak = summarise(results, {}).leak
    assert leak is not None
    assert set(leak.inflation.values()) == {0.0}


def test_a_finished_run_can_be_run_again_with_the_leak_and_without(
    longer: Study, usual: Path, leaking: tuple[Path, Results]
) -> None:
    before = (usual / "predictions.csv").read_bytes()
    later = run(longer, usual, executor=Processes(2), show_leak=True)
    assert later.leak == leaking[1].leak
    assert (usual / "predictions.csv").read_bytes() == before
    assert run(longer, usual).leak == ()


def test_the_inflation_is_the_difference_to_the_fixed_number_of_epochs(
    report: Report, leaking: tuple[Path, Results]
) -> None:
    _, results = leaking
    assert report.leak is not None
    for name in ("uf1", "uar", "accuracy"):
        chosen, fixed = (pooled_scores(rows) for rows in (results.leak, results.predictions))
        expected = getattr(chosen, name) - getattr(fixed, name)
        assert report.leak.inflation[name] == pytest.approx(expected)
    assert "leak" not in report.methods[0].name


def test_it_is_called_no_result_wherever_it_is_shown(
    report: Report, leaking: tuple[Path, Results]
) -> None:
    assert report.leak is not None
    page = render_html(report, leaking[1].predictions)
    assert "SMA-STN, best epoch selected on test data (leak)" in page
    assert f"which inflates UF1 by {report.leak.inflation['uf1']:+.3f}." in page
    text = markdown(report)
    assert "not a result" in text
    row = latex_rows(report).splitlines()[-1]
    assert row.startswith("% not a result: ")
    assert "(leak)" not in render_html(replace(report, leak=None), leaking[1].predictions)
