"""What synthetic movement teaches about the units of other people."""

from pathlib import Path

import numpy as np
import pytest
from experiments.synthetic_to_real_units import linear, rows_of
from experiments.unit_flow import UnitFlow, make_unit_flow

from smastn.corpora.clip import Clip
from smastn.evaluation.unit_scores import scores_of, thresholds_of_others, unit_table


@pytest.fixture(scope="module")
def people() -> tuple[list[UnitFlow], list[UnitFlow]]:
    return make_unit_flow(12, 30, seed=0), make_unit_flow(5, 30, seed=1)


def test_linear_methods_know_the_units_of_people_they_were_not_made_from(
    people: tuple[list[UnitFlow], list[UnitFlow]],
) -> None:
    made, others = people
    clips = [
        Clip(
            f"made/{one.subject}",
            str(at),
            one.emotion,
            Path("none.png"),
            0,
            0,
            action_units=one.action_units,
        )
        for at, one in enumerate(others)
    ]
    pictures = {clip.key: one.pictures for clip, one in zip(clips, others, strict=True)}
    for name, least in (("projection", 0.8), ("ridge", 0.85)):
        table = unit_table(rows_of(clips, linear(made, clips, pictures)[name]))
        assert table is not None
        table = table.of(("1", "4", "12", "17"))
        scores = scores_of(table, thresholds_of_others(table), np.ones((1, len(clips))))
        assert scores["auc"].mean() > least


def test_a_unit_counts_as_shown_from_zero_on() -> None:
    clips = [Clip("made/1", name, "x", Path("none.png"), 0, 0, action_units=()) for name in "ab"]
    rows = rows_of(clips, {"4": np.array([-0.1, 0.1]), "12": np.array([2.0, -1.0])})
    assert [row.predicted_units for row in rows] == [("12",), ("4",)]
    assert rows[1].units["4"] > 0.5 > rows[0].units["4"]
