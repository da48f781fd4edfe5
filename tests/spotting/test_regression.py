import numpy as np
import pytest

from smastn.spotting.regression import robust_effect


def test_an_effect_is_found_although_something_else_happens_now_and_then() -> None:
    generator = np.random.default_rng(0)
    causes = generator.normal(0, 1, (400, 2))
    true = np.array([[0.5, 0.0, -2.0], [0.0, 1.0, 0.3]])
    moved = causes @ true + generator.normal(0, 0.05, (400, 3))
    moved[generator.choice(400, 40, replace=False)] += 5  # expressions
    found = robust_effect(causes, moved, np.full(2, 0.1))
    assert found == pytest.approx(true, abs=0.05)
    plain = np.linalg.lstsq(causes, moved, rcond=None)[0]
    assert np.abs(found - true).max() < np.abs(plain - true).max() / 3


def test_what_hardly_varied_has_no_effect() -> None:
    generator = np.random.default_rng(0)
    causes = generator.normal(0, 0.01, (50, 1))
    found = robust_effect(causes, generator.normal(0, 1, (50, 1)), np.array([4.0]))
    assert abs(found[0, 0]) < 0.05
