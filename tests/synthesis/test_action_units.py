import numpy as np
import pytest

from smastn.errors import ConfigError
from smastn.synthesis.action_units import UNITS, draw_action_units, unit_and_sides


def test_the_units_of_the_facs_manual_that_micro_expressions_use_are_there() -> None:
    wanted = {1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17, 20, 23, 24, 25, 26}
    assert wanted <= {int(number) for number in UNITS}


def test_a_code_names_a_unit_and_its_sides() -> None:
    assert unit_and_sides("12")[1] == ("R", "L")
    assert unit_and_sides("L12")[1] == ("L",)
    assert unit_and_sides("R12")[0] is unit_and_sides("12")[0]


@pytest.mark.parametrize("code", ["99", "", "X12", "LR", "LL12", "RL12"])
def test_an_unknown_unit_is_refused_with_the_known_ones(code: str) -> None:
    with pytest.raises(ConfigError, match="known are 1, 2, 4"):
        unit_and_sides(code)


def test_lips_cannot_part_on_one_side_only() -> None:
    with pytest.raises(ConfigError, match="write 25"):
        unit_and_sides("L25")


def test_units_vary_between_people_about_the_average() -> None:
    usual = UNITS["12"].pulls[0]
    pulls = [draw_action_units(np.random.default_rng(seed))["12"].pulls[0] for seed in range(300)]
    angles = [np.arctan2(one.upward, one.outward) for one in pulls]
    assert np.mean(angles) == pytest.approx(np.arctan2(usual.upward, usual.outward), abs=0.05)
    assert np.std(angles) == pytest.approx(0.25, rel=0.2)
    assert np.std([np.log(one.reach) for one in pulls]) == pytest.approx(0.25, rel=0.2)
    assert np.std([one.offset for one in pulls]) == pytest.approx(0.025, rel=0.2)
