import numpy as np
import torch
from torch import nn

from smastn.corpora.facs import mirrored_units
from smastn.faces.preparation import PreparationConfig
from smastn.methods.network_interface import NetworkConfig
from smastn.training.augmentation import AugmentConfig
from smastn.training.batches import Batches, TrainingClip
from smastn.training.training_settings import Settings, TrainConfig
from smastn.training.unit_loss import learnable_units, unit_loss

EVEN = torch.ones(2, 2, 1)
WHOLE = torch.ones(3)


def labels(*rows: list[list[float]]) -> torch.Tensor:
    return torch.tensor(rows, dtype=torch.float32)


def test_without_weights_it_is_the_mean_cross_entropy_of_known_labels() -> None:
    logits = torch.randn(3, 2, 2, generator=torch.Generator().manual_seed(0))
    nan = float("nan")
    truth = labels([[1, 0], [0, 0]], [[nan, nan], [1, 1]], [[nan, nan], [nan, nan]])
    known = ~truth.isnan()
    wanted = nn.functional.binary_cross_entropy_with_logits(logits[known], truth[known])
    torch.testing.assert_close(unit_loss(logits, truth, WHOLE, EVEN), wanted)


def test_unknown_labels_give_no_gradient() -> None:
    logits = torch.zeros(3, 2, 2, requires_grad=True)
    nan = float("nan")
    truth = labels([[1, 0], [nan, nan]], [[nan, nan], [1, 1]], [[nan, nan], [nan, nan]])
    unit_loss(logits, truth, WHOLE, EVEN).backward()
    assert logits.grad is not None
    np.testing.assert_array_equal(logits.grad.numpy() != 0, ~truth.isnan().numpy())


def test_no_known_label_is_no_loss() -> None:
    unknown = torch.full((3, 2, 2), float("nan"))
    assert unit_loss(torch.ones(3, 2, 2), unknown, WHOLE, EVEN) == 0


def test_a_mixed_clip_counts_with_both_labels_by_share() -> None:
    logits = torch.randn(3, 2, 2, generator=torch.Generator().manual_seed(1))
    truth = labels([[1, 0], [0, 0]], [[1, 1], [0, 1]], [[0, 0], [1, 1]])
    share = torch.tensor([0.9, 0.6, 0.75])
    own, other = (
        nn.functional.binary_cross_entropy_with_logits(logits, one, reduction="none").mean((1, 2))
        for one in (truth, truth[[2, 0, 1]])
    )
    wanted = (share * own + (1 - share) * other).mean()
    torch.testing.assert_close(unit_loss(logits, truth, share, EVEN), wanted)


def test_a_unit_that_no_coded_clip_shows_cannot_be_learnt() -> None:
    assert learnable_units(("1", "4", "10", "12"), [("4", "L10"), None, ()]) == ("4", "10")


def batches(mirror: float, coded: list[tuple[str, ...] | None], balance: str = "loss") -> Batches:
    settings = Settings(
        preparation=PreparationConfig(size=16),
        network=NetworkConfig(features=4, units=("4", "10")),
        augmentation=AugmentConfig(mirror=mirror),
        training=TrainConfig(epochs=1, batch=len(coded), balance=balance),  # pyright: ignore
    )
    frames = np.full((6, 16, 16, 3), 128, np.uint8)
    clips = [TrainingClip(frames, "ab"[i % 2], action_units=one) for i, one in enumerate(coded)]
    return Batches(clips, settings, 0, torch.device("cpu"))


def test_a_mirrored_clip_has_the_labels_of_the_mirrored_face() -> None:
    coded = [("4", "L10"), ("R4",)]
    (mirrored,) = batches(1.0, list(coded))
    (same,) = batches(0.0, [mirrored_units(codes) for codes in coded])
    torch.testing.assert_close(mirrored.units, same.units)


def test_clips_with_and_without_a_unit_weigh_alike_together() -> None:
    made = batches(0.0, [("4", "L10"), ("4",), ("4",), ("R10",), None])
    (batch,) = made
    coded = batch.units[~batch.units.isnan().any(2).any(1)]
    shown = coded.amax(2) > 0
    without, with_it = made.unit_weights[..., 0]
    torch.testing.assert_close((~shown).sum(0) * without, shown.sum(0) * with_it)


def test_the_other_side_of_a_clip_that_shows_a_unit_weighs_as_much_as_that_side() -> None:
    logits = torch.zeros(2, 1, 2, requires_grad=True)
    weights = torch.tensor([[[0.5]], [[3.0]]])
    unit_loss(logits, labels([[1, 0]], [[0, 0]]), torch.ones(2), weights).backward()
    assert logits.grad is not None
    torch.testing.assert_close(logits.grad[:, 0] * 8, torch.tensor([[-3.0, 3.0], [0.5, 0.5]]))


def test_without_balance_every_label_weighs_alike() -> None:
    made = batches(0.0, [("4", "L10"), ("4",), ("4",)], "none")
    assert bool((made.unit_weights == 1).all())
