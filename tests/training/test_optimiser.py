"""Weights move as the classes of torch.optim move them; the learning rate rises and falls."""

import subprocess
import sys

import pytest
import torch

from smastn.training.optimiser import Group, Optimiser, learning_rate
from smastn.training.training_settings import TrainConfig

STEPS = 30


@pytest.mark.parametrize("kind", ["adamw", "sgd"])
def test_it_moves_weights_as_the_class_in_torch_does(kind: str) -> None:
    config = TrainConfig(3, 8, kind, learning_rate=0.01)  # type: ignore[arg-type]
    chance = torch.Generator().manual_seed(0)
    start = torch.randn(2, 50, generator=chance)
    moved, gradients = start.clone(), torch.zeros(2, 50)
    decays = (0.05, 0.0)
    rows = zip(moved, gradients, decays, strict=True)
    own = Optimiser([Group(*row) for row in rows], config, STEPS)
    wanted = [row.clone().requires_grad_() for row in start]
    groups = [
        {"params": [row], "weight_decay": decay} for row, decay in zip(wanted, decays, strict=True)
    ]
    theirs = (
        torch.optim.AdamW(groups, lr=0.01)
        if kind == "adamw"
        else torch.optim.SGD(groups, lr=0.01, momentum=0.9, nesterov=True)
    )
    for step in range(STEPS):
        gradients.copy_(torch.randn(2, 50, generator=chance))
        for row, gradient in zip(wanted, gradients, strict=True):
            row.grad = gradient.clone()
        for group in theirs.param_groups:
            group["lr"] = learning_rate(config, step, STEPS)
        own.step()
        theirs.step()
    torch.testing.assert_close(moved, torch.stack(wanted).detach())
    assert (moved - start).abs().min() > 1e-4


def test_the_learning_rate_rises_to_its_highest_and_falls_to_nothing() -> None:
    config = TrainConfig(learning_rate=0.5, warm_up=0.2)
    rates = [learning_rate(config, step, 100) for step in range(101)]
    assert rates[:20] == pytest.approx([0.5 * (step + 1) / 20 for step in range(20)])
    assert rates[20] == max(rates) == 0.5
    assert rates[60] == pytest.approx(0.25)
    assert rates[20:] == sorted(rates[20:], reverse=True)
    assert rates[100] == pytest.approx(0)


def test_training_imports_neither_the_compiler_nor_scikit_learn() -> None:
    """Each takes seconds in every process that trains."""
    program = (
        "import sys\n"
        "import numpy as np\n"
        "from smastn.faces.preparation import PreparationConfig\n"
        "from smastn.training.batches import TrainingClip\n"
        "from smastn.training.fit import fit\n"
        "from smastn.training.training_settings import Settings, TrainConfig\n"
        "import smastn.evaluation.protocol\n"
        "frames = np.zeros((9, 32, 32, 3), np.uint8)\n"
        "clips = [TrainingClip(frames, name) for name in 'abab']\n"
        "settings = Settings(PreparationConfig(size=32), training=TrainConfig(1, 2))\n"
        "fit(clips, settings, 0)\n"
        "print([name for name in ('torch._dynamo', 'sklearn') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("[]\n", 0), done.stderr
