"""A stack of networks computes what each of them computes, and no fold reaches another."""

from dataclasses import replace

import pytest
import torch
from test_fit import SETTINGS
from torch import Tensor

from smastn.methods.sma_stn.deviation_loss import DeviationConfig
from smastn.methods.sma_stn.network import NetworkConfig
from smastn.training.stack import Objective, Stack, fit_in_memory, step_bytes
from smastn.training.training_settings import Settings, TrainConfig

FOLDS, BATCH, CLASSES, SIZE = 3, 5, 4, 32
STEPS = 6

SETTINGS_OF = {
    "as it comes": SETTINGS,
    "island and segments": replace(
        SETTINGS, deviation=DeviationConfig("island", weight=0.2, segment_weight=0.3)
    ),
    "centre": replace(SETTINGS, deviation=DeviationConfig("centre", weight=5.0)),
    "no attention": replace(
        SETTINGS,
        network=replace(SETTINGS.network, spatial_attention=False, weighing="uniform"),
        deviation=DeviationConfig("none"),
    ),
}


def objectives(settings: Settings) -> list[Objective]:
    made = []
    for seed in range(FOLDS):
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            made.append(Objective(settings, CLASSES).double())
    return made


def batch(settings: Settings, step: int) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Images, labels, class weights, dropout and mixing: other ones for every fold."""
    chance = torch.Generator().manual_seed(step)
    images = torch.randn(FOLDS, BATCH, 2, 3, SIZE, SIZE, generator=chance).double()
    labels = torch.randint(CLASSES, (FOLDS, BATCH), generator=chance)
    weights = 0.2 + torch.rand(FOLDS, CLASSES, generator=chance).double()
    dropped = torch.rand(FOLDS, BATCH, settings.network.features, generator=chance) < 0.3
    share = 0.5 + torch.rand(FOLDS, BATCH, generator=chance).double() / 2
    return images, labels, weights, 1 / 0.7 * (~dropped).double(), share


def trained(settings: Settings, rows: list[int], optimiser: str) -> list[dict[str, Tensor]]:
    """The networks of these folds after some steps in one stack, and their last losses."""
    stack = Stack([objectives(settings)[row] for row in rows])
    optimisers = []
    for row in range(len(rows)):
        values = stack.weights[row].requires_grad_()
        values.grad = stack.gradients[row]
        kind = torch.optim.AdamW if optimiser == "adamw" else torch.optim.SGD
        optimisers.append(kind([values], lr=0.01, weight_decay=0.05))
    losses = torch.zeros(len(rows))
    for step in range(STEPS):
        losses = stack.losses(*(part[rows] for part in batch(settings, step)))
        stack.differentiate(losses)
        for one in optimisers:
            one.step()
    found = []
    for row, fold in enumerate(rows):
        network = stack.copy_network(row, objectives(settings)[fold].network)
        found.append({**network.state_dict(), "loss": losses[row].detach()})
    return found


@pytest.mark.parametrize("optimiser", ["adamw", "sgd"])
@pytest.mark.parametrize("name", SETTINGS_OF)
def test_a_stack_learns_in_float64_what_each_network_learns_alone(
    name: str, optimiser: str
) -> None:
    """Weights, running statistics of batch norm, and losses, to ten digits."""
    settings = SETTINGS_OF[name]
    together = trained(settings, list(range(FOLDS)), optimiser)
    for fold, found in enumerate(together):
        (alone,) = trained(settings, [fold], optimiser)
        assert found.keys() == alone.keys()
        for key, value in found.items():
            torch.testing.assert_close(
                value, alone[key], atol=1e-10, rtol=1e-10, msg=f"{key} of fold {fold}"
            )
    assert abs(together[0]["loss"] - together[1]["loss"]) > 1e-3


def test_a_stack_of_resnets_takes_every_step_as_each_alone_does() -> None:
    """Losses, gradients and running statistics in float64, each to ten digits of its largest.

    Each step begins from the same weights. Over several steps AdamW would divide rounding by
    rounding where a gradient is all but nothing, and two equal trainings would part.
    """
    resnet = NetworkConfig("resnet18", features=16, pool=1)
    settings, folds, clips = replace(SETTINGS, network=resnet), 2, 2
    made = objectives(settings)[:folds]
    alone = [Stack([one]) for one in made]
    together, network = Stack(made), Objective(settings, CLASSES).double().network
    for step in range(2):
        images, labels, weights, kept, share = (part[:folds] for part in batch(settings, step))
        parts = (images[:, :clips], labels[:, :clips], weights, kept[:, :clips], share[:, :clips])
        losses = together.losses(*parts)
        together.differentiate(losses)
        for fold, one in enumerate(alone):
            loss = one.losses(*(part[fold : fold + 1] for part in parts))
            one.differentiate(loss)
            assert_close(loss[0], losses[fold])
            assert_close(one.gradients[0], together.gradients[fold])
            one.copy_network(0, network)
            statistics = [value.clone() for value in network.buffers()]
            together.copy_network(fold, network)
            for first, second in zip(statistics, network.buffers(), strict=True):
                assert_close(first, second)
        with torch.no_grad():
            together.weights -= 1e-3 * together.gradients.sign()
            for fold, one in enumerate(alone):
                one.weights.copy_(together.weights[fold : fold + 1])


def assert_close(one: Tensor, other: Tensor) -> None:
    largest = float(other.detach().abs().max())
    torch.testing.assert_close(one, other, atol=1e-10 * largest, rtol=0)


def test_a_stack_of_one_is_the_network_itself() -> None:
    (one,) = objectives(SETTINGS)[:1]
    images, labels, weights, kept, share = (part[:1] for part in batch(SETTINGS, 0))
    (loss,) = Stack([one]).losses(images, labels, weights, kept, torch.ones_like(share))
    output = one.network(images[0], kept=kept[0])
    entropy = torch.nn.functional.cross_entropy(
        output.logits, labels[0], weights[0], label_smoothing=0.1
    )
    deviation = one.deviation(output.features, labels[0], output.segment_features)
    torch.testing.assert_close(loss, entropy + deviation)


def test_no_gradient_of_a_network_is_longer_than_five_and_each_is_its_own() -> None:
    settings = SETTINGS_OF["centre"]
    stack = Stack(objectives(settings))
    stack.differentiate(1e3 * stack.losses(*batch(settings, 0)))
    network = stack.gradients[:, : -CLASSES * settings.network.features]
    assert network.norm(dim=1).tolist() == pytest.approx([5.0] * FOLDS, rel=1e-6)
    assert (stack.gradients[:, -CLASSES * settings.network.features :].norm(dim=1) > 5).all()


def test_what_is_no_number_in_one_fold_reaches_no_other() -> None:
    clean, spoilt = (Stack(objectives(SETTINGS)) for _ in range(2))
    with torch.no_grad():
        spoilt.weights[1] = torch.nan
    for step in range(2):
        parts = batch(SETTINGS, step)
        losses = [stack.losses(*parts) for stack in (clean, spoilt)]
        for stack, loss in zip((clean, spoilt), losses, strict=True):
            stack.differentiate(loss)
        assert losses[1][1].isnan()
        for fold in (0, 2):
            assert losses[0][fold] == losses[1][fold]
            assert torch.equal(clean.gradients[fold], spoilt.gradients[fold])


def test_what_a_step_keeps_is_counted_and_grows_with_its_clips() -> None:
    """The first convolution's maps alone: half of 48 pixels, 6 channels, 4 bytes."""
    small, large = (
        step_bytes(replace(SETTINGS, training=TrainConfig(batch=count)), CLASSES)
        for count in (8, 16)
    )
    first = 3 * 6 * 24 * 24 * 4
    assert 8 * first < large - small < 8 * 20 * first
    assert torch.cuda.is_available() or fit_in_memory(SETTINGS, CLASSES) == 1
