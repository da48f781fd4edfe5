from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.metrics import f1_score, roc_auc_score

from smastn.errors import InputError
from smastn.evaluation.compare_units import compare_units
from smastn.evaluation.predictions import Prediction, predictions_csv, read_predictions
from smastn.evaluation.unit_baselines import ridge_values
from smastn.evaluation.unit_report import summarise_units
from smastn.evaluation.unit_scores import (
    LEAST_CLIPS,
    thresholds_of_others,
    unit_table,
    weighted_auc,
    weighted_f1,
)
from smastn.training.unit_calibration import best_threshold

CHANCE = np.random.default_rng(5)


def prediction(
    subject: int, clip: int, coded: tuple[str, ...] | None, units: dict[str, float], seed: int = 0
) -> Prediction:
    said = tuple(unit for unit, value in units.items() if value >= 0.5)
    name = f"own/{subject:02d}"
    shares = {"negative": 0.5, "positive": 0.5}
    return Prediction(
        name, f"c{clip:02d}", seed, name, "negative", "negative", shares, coded, said, units
    )


def predictions(seed: int = 0, skill: float = 1.0) -> list[Prediction]:
    """Made-up predictions: 60 clips of 10 subjects, unit 4 in half, 12 in a third, 9 in one."""
    generator = np.random.default_rng(seed)
    rows = []
    for clip in range(60):
        coded = (*(["4"] if clip % 2 else []), *(["L12"] if clip % 3 == 0 else []))
        coded += ("9",) if clip == 7 else ()
        noise = generator.normal(0, 1, 3)
        truth = [any(unit in code for code in coded) for unit in ("4", "12", "9")]
        values = 1 / (1 + np.exp(-(2 * skill * (np.array(truth) - 0.5) + noise)))
        units = {unit: float(value) for unit, value in zip(("4", "12", "9"), values, strict=True)}
        rows.append(prediction(clip % 10, clip, coded, units, seed))
    return rows


def test_area_and_f1_are_those_of_scikit_learn_ties_included() -> None:
    truth = CHANCE.random(80) < 0.3
    values = CHANCE.random(80).round(1)
    whole = np.ones((1, 80))
    assert weighted_auc(truth, values, whole) == pytest.approx(roc_auc_score(truth, values))
    assert weighted_f1(truth, values >= 0.5, whole) == pytest.approx(f1_score(truth, values >= 0.5))


def test_a_clip_of_weight_three_counts_as_three_clips_and_one_of_none_not_at_all() -> None:
    truth = CHANCE.random(50) < 0.4
    values = CHANCE.random(50).round(1)
    times = CHANCE.integers(0, 4, 50)
    again = np.repeat(np.arange(50), times)
    weights = times[None].astype(float)
    assert weighted_auc(truth, values, weights) == pytest.approx(
        roc_auc_score(truth[again], values[again])
    )
    assert weighted_f1(truth, values >= 0.5, weights) == pytest.approx(
        f1_score(truth[again], values[again] >= 0.5)
    )


def test_a_unit_that_no_clip_shows_has_no_score() -> None:
    none = np.zeros(5, bool)
    assert np.isnan(weighted_auc(none, CHANCE.random(5), np.ones((1, 5)))).all()
    assert np.isnan(weighted_f1(none, none, np.ones((1, 5)))).all()


def test_the_best_threshold_has_the_highest_f1_of_all() -> None:
    for _ in range(20):
        truth = CHANCE.random(30) < 0.3
        truth[0] = True
        values = CHANCE.random(30).round(1)
        found = f1_score(truth, values >= best_threshold(values, truth))
        assert found == pytest.approx(max(f1_score(truth, values >= at) for at in values))


def test_a_subject_has_no_say_in_its_own_thresholds() -> None:
    rows = predictions()
    table = unit_table(rows)
    odd = [
        replace(row, action_units=("9",), units=dict.fromkeys(("4", "12", "9"), 0.01))
        if row.subject == "own/03"
        else row
        for row in rows
    ]
    other = unit_table(odd)
    assert table is not None
    assert other is not None
    own = np.array([row.subject == "own/03" for row in table.rows])
    before, after = thresholds_of_others(table), thresholds_of_others(other)
    np.testing.assert_array_equal(before[:, own], after[:, own])
    assert not np.array_equal(before[:, ~own], after[:, ~own])


def test_units_of_too_few_clips_are_in_no_mean_and_uncoded_clips_in_no_score() -> None:
    uncoded = [prediction(1, 70 + at, None, {"4": 0.9, "12": 0.9, "9": 0.9}) for at in range(5)]
    with_uncoded = summarise_units("net", [*predictions(), *uncoded], {}, resamples=100)
    found = summarise_units("net", predictions(), {}, resamples=100)
    assert found is not None
    assert with_uncoded is not None
    assert replace(with_uncoded, agreement=found.agreement) == found
    agreement = with_uncoded.agreement
    assert agreement.contradicted + agreement.others == len(predictions()) + len(uncoded)
    assert list(found.methods[0].units) == ["4", "12"]
    assert found.rare == {"9": 1}
    assert all(one.clips >= LEAST_CLIPS for one in found.methods[0].units.values())


def test_means_are_over_units_and_seeds_and_lie_in_their_intervals() -> None:
    rows = [*predictions(0), *predictions(1)]
    found = summarise_units("net", rows, {}, resamples=400)
    assert found is not None
    (network,) = found.methods
    areas = []
    for seed in (0, 1):
        own = [row for row in rows if row.seed == seed]
        for unit in ("4", "12"):
            truth = [any(unit in code for code in row.action_units or ()) for row in own]
            areas.append(roc_auc_score(truth, [row.units[unit] for row in own]))
    assert network.mean["auc"].value == pytest.approx(np.mean(areas))
    assert network.seeds["1"]["auc"] == pytest.approx(np.mean(areas[2:]))
    for one in network.mean.values():
        assert one.low <= one.value <= one.high


def test_an_emotion_that_its_units_contradict_is_counted() -> None:
    smiling = [replace(row, predicted_units=("12",)) for row in predictions()]
    found = summarise_units("net", smiling, {}, resamples=50)
    assert found is not None
    assert (found.agreement.contradicted, found.agreement.contradicted_right) == (60, 60)
    lowered = [replace(row, predicted_units=("4",)) for row in predictions()]
    found = summarise_units("net", lowered, {}, resamples=50)
    assert found is not None
    assert (found.agreement.contradicted, found.agreement.others_right) == (0, 60)


def test_a_clip_that_one_seed_lacks_is_in_the_scores_of_none() -> None:
    whole = [*predictions(0), *predictions(1)]
    without = [row for row in whole if row.subject != "own/05"]
    failed = [row for row in whole if row.subject != "own/05" or row.seed]
    one, other = unit_table(without), unit_table(failed)
    assert one is not None
    assert other is not None
    assert one.rows == other.rows
    np.testing.assert_array_equal(one.probability, other.probability)


def test_a_unit_predicted_on_the_coded_side_is_counted() -> None:
    rows = [
        replace(row, predicted_units=("L12",) if at % 2 else ("12",))
        for at, row in enumerate(predictions())
    ]
    found = summarise_units("net", rows, {}, resamples=50)
    assert found is not None
    assert (found.one_sided, found.right_side) == (20, 10)


def test_without_coded_clips_there_is_no_report() -> None:
    rows = [replace(row, action_units=None) for row in predictions()]
    assert summarise_units("net", rows, {}) is None


def test_predictions_with_units_are_read_back_and_old_files_still_are(tmp_path: Path) -> None:
    path = tmp_path / "predictions.csv"
    rows = [
        replace(row, units={unit: round(value, 6) for unit, value in row.units.items()})
        for row in predictions()[:4]
    ]
    rows += [prediction(9, 90, (), {"4": 0.2}), prediction(9, 91, None, {"4": 0.7})]
    path.write_text(predictions_csv(rows))
    assert read_predictions(path) == rows
    old = [replace(row, action_units=None, predicted_units=(), units={}) for row in rows]
    path.write_text(predictions_csv(old))
    assert "units" not in path.read_text()
    assert read_predictions(path) == old


def test_a_probability_of_a_unit_outside_0_to_1_is_refused() -> None:
    with pytest.raises(InputError, match="action unit lies outside 0 to 1"):
        prediction(1, 1, ("4",), {"4": 1.2})


def test_ridge_is_that_of_scikit_learn_with_balanced_weights() -> None:
    rows, held_out = CHANCE.normal(size=(40, 200)), CHANCE.normal(size=(6, 200))
    shown = CHANCE.random(40) < 0.3
    weights = np.where(shown, 0.5 / shown.sum(), 0.5 / (~shown).sum())
    centred = rows - weights @ rows
    penalty = 0.03 * float(weights @ (centred**2).sum(1))
    wanted = Ridge(penalty).fit(rows, np.where(shown, 1, -1), sample_weight=weights)
    values = ridge_values(rows @ rows.T, held_out @ rows.T, shown)
    np.testing.assert_allclose(values, wanted.predict(held_out), atol=1e-8)


def test_a_better_run_gains_and_the_same_run_does_not() -> None:
    better = compare_units(predictions(3, 0.2), predictions(4, 3.0), 300)
    assert better is not None
    assert better.second["auc"] > better.first["auc"] + 0.1
    assert better.p_values["auc"] < 0.05
    same = compare_units(predictions(3), predictions(3), 300)
    assert same is not None
    assert (same.first, same.p_values) == (same.second, {"auc": 1.0, "f1": 1.0})


def test_runs_without_units_have_no_such_comparison() -> None:
    rows = [replace(row, units={}) for row in predictions()]
    assert compare_units(rows, predictions(), 100) is None
    assert compare_units(predictions(), rows, 100) is None
