import pytest
import torch

from smastn.errors import ConfigError
from smastn.methods.sma_stn.deviation_loss import (
    DeviationConfig,
    DeviationForm,
    DeviationLoss,
    centre,
    contrastive_centre,
    island,
    segment_likeness,
)

CENTRES = torch.tensor([[3.0, 0.0], [0.0, 4.0], [0.0, -5.0]])
LABELS = torch.tensor([0, 1])


def test_contrastive_centre_is_its_formula() -> None:
    features = torch.tensor([[1.0, 0.0], [0.0, 4.0]])
    first = 4.0 / ((1 + 16) + (1 + 25) + 1)
    expected = 0.5 * (first + 0.0) / 2
    assert contrastive_centre(features, LABELS, CENTRES).item() == pytest.approx(expected)


def test_centre_is_half_the_squared_distance() -> None:
    features = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    assert centre(features, LABELS, CENTRES).item() == pytest.approx(0.5 * (4 + 9) / 2)


def test_island_is_zero_for_opposed_centres_and_largest_for_equal_ones() -> None:
    opposed = torch.tensor([[1.0, 0.0], [-2.0, 0.0]])
    assert island(opposed).item() == pytest.approx(0, abs=1e-6)
    assert island(torch.ones(2, 4)).item() == pytest.approx(4)


@pytest.mark.parametrize("form", ["contrastive_centre", "centre", "island"])
def test_features_at_their_centre_have_a_smaller_loss_than_elsewhere(form: DeviationForm) -> None:
    loss = DeviationLoss(DeviationConfig(form, weight=1.0), 3, 2)
    loss.centres.data.copy_(CENTRES)
    segments = torch.zeros(2, 3, 2)
    near = loss(CENTRES[:2], LABELS, segments)
    assert near < loss(CENTRES[[1, 2]], LABELS, segments)


def test_different_segments_have_a_smaller_loss_than_equal_ones() -> None:
    alike = torch.ones(2, 3, 4)
    apart = torch.cat([alike, -alike, 3 * alike], dim=1)
    assert segment_likeness(alike).item() == pytest.approx(1)
    assert segment_likeness(apart) < 0.7


def test_the_form_none_adds_nothing_and_other_forms_train_the_centres() -> None:
    features, segments = torch.randn(2, 2), torch.randn(2, 3, 2)
    assert DeviationLoss(DeviationConfig("none"), 3, 2)(features, LABELS, segments) == 0
    loss = DeviationLoss(DeviationConfig(), 3, 2)
    loss(features, LABELS, segments).backward()
    assert loss.centres.grad is not None


def test_a_negative_weight_is_refused() -> None:
    with pytest.raises(ConfigError, match="0 or more"):
        DeviationConfig(weight=-1.0)
