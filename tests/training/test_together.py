"""Folds trained together give what each gives alone, but for rounding."""

from dataclasses import replace

import pytest
import torch
from test_fit import SETTINGS, SIZE, brightening

from smastn.methods.predictor import Predictor
from smastn.training.batches import TrainingClip
from smastn.training.fit import Epoch, NotANumberError, Training, fit, fit_together
from smastn.training.training_settings import Settings, TrainConfig

SHORT = replace(SETTINGS, training=TrainConfig(epochs=3, batch=6))
TOLERANCE = 1e-4
"""Of every weight, running statistic and probability, float32, after some ten steps.

Kernels for several folds sum in another order. Rounding is all: `test_stack.py` finds
the same in float64 to ten digits, whatever the losses and the optimiser.
"""


def clips(count: int, emotions: int = 3) -> list[TrainingClip]:
    names = ("negative", "positive", "surprise")[:emotions]
    return [brightening(names[index % emotions], index) for index in range(count)]


def weights(predictor: Predictor) -> dict[str, torch.Tensor]:
    return predictor._network.state_dict()


def assert_alike(one: object, other: object) -> None:
    assert isinstance(one, Predictor)
    assert isinstance(other, Predictor)
    assert one.emotions == other.emotions
    for (name, first), second in zip(weights(one).items(), weights(other).values(), strict=True):
        torch.testing.assert_close(first, second, atol=TOLERANCE, rtol=1e-3, msg=name)
    images = torch.randn(3, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(0))
    for emotion, chance in one.predict_images(images).probabilities.items():
        assert chance == pytest.approx(
            other.predict_images(images).probabilities[emotion], abs=TOLERANCE
        )


@pytest.mark.parametrize(
    "settings",
    [SHORT, replace(SHORT, training=TrainConfig(3, 6, "sgd", 1e-3, balance="sampling"))],
    ids=["as it comes", "sgd, sampling"],
)
def test_a_fold_learns_together_what_it_learns_alone(settings: Settings) -> None:
    """Numbers of clips, of steps and of classes differ, and every fold draws for itself."""
    trainings = [
        Training(clips(18), 0),
        Training(clips(13), 1),
        Training(clips(12, emotions=2), 2),
        Training(clips(24), 3),
        Training(clips(14, emotions=2), 4),
    ]
    together = fit_together(trainings, settings)
    for training, predictor in zip(trainings, together, strict=True):
        assert_alike(predictor, fit(training.clips, settings, training.seed))


def test_those_trained_together_differ_from_each_other() -> None:
    """Equality above would mean nothing if all folds were one."""
    one, other = fit_together([Training(clips(12), 0), Training(clips(12), 1)], SHORT)
    assert isinstance(one, Predictor)
    assert isinstance(other, Predictor)
    for name, first in weights(one).items():
        if first.is_floating_point() and first.numel() > 1:
            assert (first - weights(other)[name]).abs().max() > 10 * TOLERANCE, name


def test_every_fold_is_watched_at_its_own_pace() -> None:
    seen: dict[str, list[Epoch]] = {"short": [], "long": []}
    trainings = [
        Training(clips(12), 0, seen["short"].append),
        Training(clips(24), 1, seen["long"].append),
    ]
    fit_together(trainings, SHORT)
    for (_, epochs), training in zip(seen.items(), trainings, strict=True):
        alone: list[Epoch] = []
        fit(training.clips, SHORT, training.seed, watch=alone.append)
        assert [epoch.number for epoch in epochs] == [1, 2, 3]
        losses = [epoch.loss for epoch in epochs]
        assert losses == pytest.approx([epoch.loss for epoch in alone], rel=1e-3)
        assert all(epoch.seconds > 0 for epoch in epochs)


def test_a_fold_that_is_no_number_stops_alone() -> None:
    """The first step is one too far: a fold of one step ends before it is told."""
    settings = replace(SETTINGS, training=TrainConfig(1, 6, "sgd", learning_rate=1e25))
    trainings = [Training(clips(24), 0), Training(clips(6), 1)]
    long, short = fit_together(trainings, settings)
    assert isinstance(long, NotANumberError)
    assert "lower learning_rate" in str(long)
    assert isinstance(short, Predictor)
