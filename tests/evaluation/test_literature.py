"""Published numbers stand beside one's own only where corpora and classes agree, with caveats."""

from dataclasses import replace

import numpy as np
import pytest

from smastn.evaluation.experiment import Experiment
from smastn.evaluation.literature import full_caveat, published_beside, published_results
from smastn.evaluation.predictions import Prediction
from smastn.evaluation.report import Report, summarise
from smastn.evaluation.report_html import render_html
from smastn.evaluation.report_tables import markdown
from smastn.evaluation.run_records import Results


def test_every_result_has_a_source_a_caveat_and_scores_between_0_and_1() -> None:
    for one in published_results():
        assert one.source
        assert one.caveat.endswith(".")
        scores = [value for value in (one.uf1, one.uar, one.accuracy) if value is not None]
        assert scores
        assert all(0 < value < 1 for value in scores)
        assert list(one.corpora) == sorted(one.corpora)


@pytest.mark.parametrize(
    ("corpus", "classes", "right"), [("casme2", 5, 204), ("samm", 5, 105), ("smic", 3, 127)]
)
def test_the_accuracies_of_sma_stn_are_whole_numbers_of_clips(
    corpus: str, classes: int, right: int
) -> None:
    (one,) = published_beside({corpus}, classes)
    assert one.accuracy == pytest.approx(right / one.clips, abs=2e-4)
    assert one.origin == "second hand"


def test_only_the_same_corpora_and_classes_stand_beside() -> None:
    composite = published_beside(("smic", "casme2", "samm"), 3)
    assert {one.clips for one in composite} == {442}
    assert {one.clips for one in published_beside(("casme2", "smic"), 3)} == {309}
    assert published_beside(("casme2",), 3) == ()
    assert published_beside(("unknown",), 5) == ()


def test_other_clips_and_another_protocol_are_named() -> None:
    (one,) = published_beside(("casme2",), 5)
    assert full_caveat(one, "leave-one-subject-out", 247) == one.caveat
    text = full_caveat(one, "subject-folds", 246)
    assert "over 247 clips, this run over 246" in text
    assert "this run is subject-folds" in text


def made_run(corpus: str, emotions: str) -> Results:
    """Random predictions for six subjects."""
    generator = np.random.default_rng(0)
    rows = [
        Prediction(
            f"{corpus}/{subject}", f"{truth}{take}", 0, f"{corpus}/{subject}", truth, predicted
        )
        for subject in range(6)
        for truth in emotions
        for take, predicted in enumerate(generator.permutation(list(emotions))[:2])
    ]
    return Results(tuple(rows), (), "0" * 64, Experiment(name="x"))


@pytest.fixture(scope="module")
def beside() -> tuple[Results, Report]:
    results = made_run("casme2", "abcde")
    return results, summarise(results, {})


def test_the_report_shows_them_with_their_caveats(beside: tuple[Results, Report]) -> None:
    results, report = beside
    for text in (render_html(report, results.predictions), markdown(report)):
        assert "SMA-STN, as published" in text
        assert "0.795" in text
        assert "second hand" in text
        assert "It is over 247 clips, this run over 60." in text
        assert "arXiv:2010.09342" in text


def test_where_no_result_is_known_the_report_says_so(beside: tuple[Results, Report]) -> None:
    results, report = beside
    alone = replace(report, published=(), corpora=("mine",))
    for text in (render_html(alone, results.predictions), markdown(alone)):
        assert "No published result is known for mine with 5 classes" in text
