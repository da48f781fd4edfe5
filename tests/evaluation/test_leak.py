"""Choosing the epoch on the held-out clips is shown as the leak it is, and touches nothing else."""

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
    """Labels drawn by lot: there is nothing to learn, and yet some epoch is the best one."""
    training = TrainConfig(epochs=6, batch=4)
    whole = make_study(replace(experiment, training=training), people=4)
    lots = np.random.default_rng(0).permutation([clip.emotion for clip in whole.clips])
    clips = (replace(clip, emotion=str(lot)) for clip, lot in zip(whole.clips, lots, strict=True))
    return replace(whole, clips=tuple(clips))


@pytest.fixture(scope="module")
def honest(longer: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("honest") / "run"
    run(longer, place)
    return place


@pytest.fixture(scope="module")
def leaking(longer: Study, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Results]:
    place = tmp_path_factory.mktemp("leaking") / "run"
    return place, run(longer, place, show_leak=True)


@pytest.fixture(scope="module")
def report(longer: Study, leaking: tuple[Path, Results]) -> Report:
    return summarise(leaking[1], baseline_predictions(longer))


def test_the_honest_answers_are_the_same_bytes_with_and_without(
    honest: Path, leaking: tuple[Path, Results]
) -> None:
    place, _ = leaking
    assert (place / "predictions.csv").read_bytes() == (honest / "predictions.csv").read_bytes()
    assert not list(honest.rglob("*leak*"))


def test_in_no_fold_does_the_leak_have_fewer_right_and_in_all_together_more(
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


def test_with_one_epoch_there_is_nothing_to_choose(study: Study, tmp_path: Path) -> None:
    once = replace(study.experiment, training=TrainConfig(epochs=1, batch=4))
    results = run(replace(study, experiment=once), tmp_path / "once", show_leak=True)
    assert results.leak == results.predictions
    leak = summarise(results, {}).leak
    assert leak is not None
    assert set(leak.inflation.values()) == {0.0}


def test_a_finished_run_can_still_show_its_leak_and_forget_it(
    longer: Study, honest: Path, leaking: tuple[Path, Results]
) -> None:
    before = (honest / "predictions.csv").read_bytes()
    later = run(longer, honest, executor=Processes(2), show_leak=True)
    assert later.leak == leaking[1].leak
    assert (honest / "predictions.csv").read_bytes() == before
    assert run(longer, honest).leak == ()


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
