"""Synthetic pictures of flow with known action units."""

import numpy as np
import pytest
from experiments.unit_disturbance import disturbed
from experiments.unit_flow import PARTS, FlowFace, UnitFlow, make_unit_flow

from smastn.corpora.facs import sides_of, unit_of
from smastn.errors import ConfigError
from smastn.inputs.optical_flow import flow_movement
from smastn.synthesis.action_units import unit_and_sides

BROWS, MOUTH = slice(3, 11), slice(17, 28)


@pytest.fixture(scope="module")
def made() -> list[UnitFlow]:
    return make_unit_flow(subjects=4, pictures=60)


def test_units_are_known_and_neutral_faces_have_none(made: list[UnitFlow]) -> None:
    for one in made:
        assert (one.emotion == "neutral") == (one.action_units == ())
        assert len(one.moved) == len(one.action_units)
        for code in one.action_units:
            unit_and_sides(code)
    assert 0 < sum(one.emotion == "neutral" for one in made) < 40


@pytest.mark.parametrize(
    ("unit", "rows"), [("1", BROWS), ("4", BROWS), ("12", MOUTH), ("15", MOUTH), ("17", MOUTH)]
)
def test_the_place_that_moves_most_is_where_the_unit_acts(
    made: list[UnitFlow], unit: str, rows: slice
) -> None:
    maps = [
        moved
        for one in made
        for code, moved in zip(one.action_units, one.moved, strict=True)
        if unit_of(code) == unit
    ]
    assert len(maps) > 5
    peaks = [np.unravel_index(moved.argmax(), moved.shape)[0] for moved in maps]
    assert all(rows.start <= peak < rows.stop for peak in peaks)


def test_a_one_sided_unit_moves_the_persons_own_side(made: list[UnitFlow]) -> None:
    sides = 0
    for one in made:
        for code, moved in zip(one.action_units, one.moved, strict=True):
            if len(sides_of(code)) == 1:  # a person's left is on the right of the picture
                halves = moved[:, :12].sum(), moved[:, 16:].sum()
                assert (halves[1] > halves[0]) == (code[0] == "L")
                sides += 1
    assert sides > 10


def test_the_mean_picture_of_a_unit_moves_the_way_facs_says(made: list[UnitFlow]) -> None:
    rows = {
        unit: np.mean(
            [
                flow_movement(one.pictures, PARTS).numpy().mean(0)
                for one in made
                if unit in map(unit_of, one.action_units)
            ],
            axis=0,
        )
        for unit in ("1", "4", "12", "17")
    }
    assert rows["1"][1, 4:9, 8:20].mean() < -0.1
    assert rows["4"][1, 4:9, 8:20].mean() > 0.1
    assert rows["12"][1, 18:23, 5:9].mean() < -0.05
    assert rows["12"][0, 16:22, 18:24].mean() - rows["12"][0, 16:22, 4:10].mean() > 0.1
    assert rows["17"][1, 24:28, 12:16].mean() < -0.1


def test_both_crops_show_one_movement(made: list[UnitFlow]) -> None:
    alike = [
        np.corrcoef(*(picture[6:24, 4:24, 1].ravel() for picture in one.pictures))[0, 1]
        for one in made
    ]
    assert np.median(alike) > 0.9


def test_every_channel_is_scaled_for_itself(made: list[UnitFlow]) -> None:
    first = np.array([one.pictures[0] for one in made])
    assert (first.min((1, 2)) == 0).all()
    assert (first.max((1, 2)) == 255).all()


def test_disturbances_move_a_face_that_rests() -> None:
    generator = np.random.default_rng(0)
    face = FlowFace(generator)
    rest = np.zeros_like(face.field("4"))
    seen = [np.linalg.norm(disturbed(rest, face.lids, generator), axis=-1) for _ in range(20)]
    assert min(one.max() for one in seen) > 0
    assert np.median([one.mean() for one in seen]) < 1


def test_a_seed_gives_the_same_pictures_to_the_byte() -> None:
    again, other = (make_unit_flow(1, 3, seed) for seed in (0, 1))
    first = make_unit_flow(1, 3)
    assert all((a.pictures == b.pictures).all() for a, b in zip(first, again, strict=True))
    assert (first[0].pictures != other[0].pictures).any()


def test_no_subject_is_refused() -> None:
    with pytest.raises(ConfigError, match="wanted 1 or more each"):
        make_unit_flow(0, 3)
