"""The learning rate rises and falls, gradients are clipped, and only matrices decay."""

import subprocess
import sys

import pytest
import torch
from torch import nn

from smastn.training.optimiser import Optimiser, schedule
from smastn.training.training_settings import TrainConfig


class Scaled(nn.Module):
    """A network whose gradient is what it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.matrix, self.bias = nn.Parameter(torch.ones(2, 2)), nn.Parameter(torch.ones(3))

    def loss(self, slope: float) -> torch.Tensor:
        return slope * (self.matrix.sum() + self.bias.sum())


def test_the_learning_rate_rises_to_its_highest_and_falls_to_nothing() -> None:
    rates = [schedule(0.2, step, 100) for step in range(101)]
    assert rates[:20] == pytest.approx([(step + 1) / 20 for step in range(20)])
    assert rates[20] == max(rates) == 1
    assert rates[60] == pytest.approx(0.5)
    assert rates[20:] == sorted(rates[20:], reverse=True)
    assert rates[100] == pytest.approx(0)


def test_weights_move_as_adamw_moves_each_of_them() -> None:
    """Against torch's own AdamW, one parameter at a time."""
    own, theirs = Scaled(), Scaled()
    config = TrainConfig(learning_rate=0.01, warm_up=0.0, weight_decay=0.3)
    optimiser = Optimiser(own, nn.Module(), config, 1000)
    groups = [
        {"params": [theirs.matrix], "weight_decay": 0.3},
        {"params": [theirs.bias], "weight_decay": 0.0},
    ]
    reference = torch.optim.AdamW(groups, lr=0.01)
    for step in range(5):
        optimiser.step(own.loss(0.1 * step))
        reference.zero_grad()
        theirs.loss(0.1 * step).backward()
        reference.step()
    torch.testing.assert_close(own.matrix, theirs.matrix, atol=1e-5, rtol=0)
    torch.testing.assert_close(own.bias, theirs.bias, atol=1e-5, rtol=0)
    assert (own.matrix < 0.999).all() and (own.bias < 0.999).all()


@pytest.mark.parametrize(("slope", "norm"), [(0.5, 0.5 * 7**0.5), (40.0, 5.0)])
def test_no_gradient_is_longer_than_five(slope: float, norm: float) -> None:
    network = Scaled()
    Optimiser(network, nn.Module(), TrainConfig(), 10).step(network.loss(slope))
    gradients = [one.grad.flatten() for one in network.parameters() if one.grad is not None]
    assert torch.cat(gradients).norm().item() == pytest.approx(norm, rel=1e-5)


def test_training_does_not_import_scikit_learn() -> None:
    """It takes seconds in every process that trains."""
    program = (
        "import sys\n"
        "import smastn.training.fit, smastn.evaluation.protocol\n"
        "print('sklearn' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("False\n", 0), done.stderr


class _Plain(nn.Module):
    plain_steps = True

    def __init__(self) -> None:
        super().__init__()
        self.strong, self.weak = nn.Parameter(torch.zeros(2, 2)), nn.Parameter(torch.zeros(2, 2))


def test_plain_steps_are_as_long_as_the_gradient() -> None:
    """Adam's would be alike; all steps follow the schedule, and nothing decays."""
    network = Scaled()
    network.plain = _Plain()
    optimiser = Optimiser(network, nn.Module(), TrainConfig(learning_rate=0.01), 10)
    for _ in range(10):
        plain = network.plain
        optimiser.step(network.loss(1.0) + plain.strong.sum() + 0.01 * plain.weak.sum())
    torch.testing.assert_close(network.plain.weak, 0.01 * network.plain.strong)
    assert network.plain.strong.max() < -1
