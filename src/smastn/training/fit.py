"""Folds: training clips in, predictors out. Held-out clips never come here.

One fold is trained as several together are: as a stack, here of one.
"""

import copy
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import zip_longest

import numpy as np
import torch

from smastn.errors import InputError
from smastn.media.prefetch import read_ahead
from smastn.methods.predictor import Predictor
from smastn.methods.sma_stn.network import Committee
from smastn.training.batches import Batch, Batches, TrainingClip, varied
from smastn.training.memory import keep_freed_memory
from smastn.training.optimiser import Group, Optimiser
from smastn.training.stack import Objective, Stack
from smastn.training.training_settings import Settings


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch done, for whoever watches. Watching changes nothing in the training.

    Attributes:
        number: counted from 1.
        loss: mean over its batches.
        predictor: makes a copy of the network as it is now.
        seconds: spent in forward, backward and optimiser; of folds trained together, each
            has an equal part.
    """

    number: int
    loss: float
    predictor: Callable[[], Predictor]
    seconds: float


class NotANumberError(InputError):
    """The loss stopped being a number; the fold has no predictor."""


@dataclass(frozen=True, slots=True)
class Training:
    """One of several trainings.

    Attributes:
        clips: training clips only; nothing else is ever looked at.
        seed: of everything drawn; the same seed and clips give the same weights on
            the same machine and number of threads.
        watch: called after each epoch; nothing it does reaches the training.
        start: one network, whose weights are trained further; drawn from the seed where there
            is none.
    """

    clips: Sequence[TrainingClip]
    seed: int
    watch: Callable[[Epoch], None] | None = None
    start: Predictor | None = None


def fit(
    clips: Sequence[TrainingClip],
    settings: Settings,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
    watch: Callable[[Epoch], None] | None = None,
) -> Predictor:
    """Train SMA-STN on these clips for the set number of epochs.

    Args:
        clips: see `Training`.
        settings: all settings; centres of DE-Loss are made anew here.
        seed: see `Training`.
        progress: called after each epoch with (epochs done, epochs).
        watch: see `Training`.

    Raises:
        InputError: fewer than two classes.
        NotANumberError: the loss stopped being a number.
    """

    def ended(epoch: Epoch) -> None:
        if watch is not None:
            watch(epoch)
        if progress is not None:
            progress(epoch.number, settings.training.epochs)

    (result,) = fit_together([Training(clips, seed, ended)], settings)
    if isinstance(result, NotANumberError):
        raise result
    return result


def fit_together(
    trainings: Sequence[Training], settings: Settings
) -> list[Predictor | NotANumberError]:
    """Train several networks at once, each as `fit` would alone.

    On a GPU this takes little longer than one of them. Those with as many classes share a
    stack; each has its own batches, chance, optimiser and number of steps. Where one's loss
    stops being a number the others go on.

    Args:
        trainings: in the order of the results.
        settings: of all.

    Returns:
        A predictor, or why there is none.

    Raises:
        InputError: one has fewer than two classes.
    """
    rounds = [
        _fit_members([_member(one, number) for one in trainings], settings)
        for number in range(settings.inference.networks)
    ]
    return [_joined(members) for members in zip(*rounds, strict=True)]


def _member(training: Training, number: int) -> Training:
    """The training of one network of a committee; the first is watched."""
    if number == 0:
        return training
    return replace(training, seed=training.seed + number, watch=None)


def _joined(members: Sequence[Predictor | NotANumberError]) -> Predictor | NotANumberError:
    """One predictor of all members, or why there is none."""
    found = [one for one in members if isinstance(one, Predictor)]
    if len(found) < len(members):
        return next(one for one in members if isinstance(one, NotANumberError))
    if len(found) == 1:
        return found[0]
    config, emotions = found[0].config, found[0].emotions
    committee = Committee(config.network, len(emotions), len(found))
    for place, one in zip(committee.members, found, strict=True):
        place.load_state_dict(one.network.state_dict())
    device = next(found[0].network.parameters()).device
    return Predictor(committee.to(device), config, emotions)


def _fit_members(
    trainings: Sequence[Training], settings: Settings
) -> list[Predictor | NotANumberError]:
    """One network a training, as a stack."""
    keep_freed_memory()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    folds = [_Fold(one, settings, device) for one in trainings]
    for classes in sorted({len(fold.batches.emotions) for fold in folds}):
        _train([fold for fold in folds if len(fold.batches.emotions) == classes], device)
    return [fold.result for fold in folds if fold.result is not None]


class _Fold:
    """One of those in a stack: its batches, its optimiser, and how far it has come."""

    def __init__(self, training: Training, settings: Settings, device: torch.device) -> None:
        emotions = sorted({clip.emotion for clip in training.clips})
        if len(emotions) < 2:
            raise InputError(
                f"the training clips show {', '.join(emotions) or 'nothing'} only; wanted at "
                "least two emotions; add clips, or choose another grouping of labels"
            )
        self.batches = Batches(training.clips, settings, training.seed)
        self.class_weights = self.batches.class_weights.to(device)
        self.noise = self.batches.noise.to(device)
        self.settings = settings
        with torch.random.fork_rng():  # initial weights come from the seed, and leave no mark
            torch.manual_seed(training.seed)
            self.objective = Objective(settings, len(emotions)).to(device)
        if training.start is not None:
            _require_alike(training.start, settings, emotions)
            self.objective.network.load_state_dict(training.start.network.state_dict())
        self._watch = training.watch
        self._total, self._seconds, self._steps = 0.0, 0.0, 0
        self.result: Predictor | NotANumberError | None = None

    def optimise(self, stack: Stack, row: int) -> None:
        """Set up the optimiser of this fold's weights, which are a row of the stack."""
        self._copy = partial(self._predictor, stack, row)
        config = self.settings.training
        # Matrices and kernels come first; norms and biases do not decay.
        decayed, others = slice(None, stack.decayed), slice(stack.decayed, None)
        groups = [
            Group(stack.weights[row, part], stack.gradients[row, part], decay)
            for part, decay in ((decayed, config.weight_decay), (others, 0.0))
        ]
        self._optimiser = Optimiser(groups, config, config.epochs * self.batches.steps)

    def step(self) -> None:
        """Move this fold's weights along their gradient."""
        self._optimiser.step()

    def count(self, loss: float, seconds: float) -> None:
        """Note a step done; after the last of an epoch, tell it, and after the last of all end."""
        self._total, self._seconds = self._total + loss, self._seconds + seconds
        self._steps += 1
        epoch, within = divmod(self._steps, self.batches.steps)
        if within:
            return
        config = self.settings.training
        if not np.isfinite(self._total):
            self.result = NotANumberError(
                f"the loss was {self._total} in epoch {epoch} of {config.epochs}; wanted a number; "
                f"lower learning_rate (it is {config.learning_rate}) or the weight of DE-Loss"
            )
            return
        if self._watch is not None:
            mean = self._total / self.batches.steps
            self._watch(Epoch(epoch, mean, self._copy, self._seconds))
        self._total = self._seconds = 0.0
        if epoch == config.epochs:
            self.result = self._copy()

    def _predictor(self, stack: Stack, row: int) -> Predictor:
        network = stack.copy_network(row, copy.deepcopy(self.objective.network))
        return Predictor(network, self.settings.model, self.batches.emotions)


def _require_alike(start: Predictor, settings: Settings, emotions: Sequence[str]) -> None:
    """Refuse to go on from a network of another shape or of other classes."""
    wanted, seen = (settings.network, tuple(emotions)), (start.config.network, start.emotions)
    if wanted != seen or start.config.inference.networks > 1:
        raise InputError(
            f"the network to go on from knows {', '.join(seen[1])} and has {seen[0]}; wanted "
            f"{', '.join(wanted[1])} and {wanted[0]}: train it with the same [network]"
        )


def _train(folds: Sequence[_Fold], device: torch.device) -> None:
    """Train a stack of folds; one that is done, or failed, no longer moves.

    While a step is taken, the next one's pictures are varied in another thread.
    """
    stack = Stack([fold.objective for fold in folds])
    for row, fold in enumerate(folds):
        fold.optimise(stack, row)
    class_weights = torch.stack([fold.class_weights for fold in folds])
    flow = folds[0].settings.descriptor.shows_movement
    noises = [fold.noise for fold in folds]
    made = (
        (batches, varied(batches, noises, device, flow))
        for batches in _abreast([fold.batches for fold in folds])
    )
    with closing(read_ahead(made, 1)) as steps:
        for batches, images in steps:
            labels = torch.stack([batch.labels for batch in batches]).to(device)
            kept = torch.stack([batch.kept for batch in batches]).to(device)
            share = torch.stack([batch.variation.share for batch in batches]).to(device)
            began = time.perf_counter()
            losses = stack.losses(images, labels, class_weights, kept, share)
            stack.differentiate(losses)
            moving = [fold for fold in folds if fold.result is None]
            for fold in moving:
                fold.step()
            values = losses.tolist()
            seconds = (time.perf_counter() - began) / len(moving)
            for fold, loss in zip(folds, values, strict=True):
                if fold.result is None:
                    fold.count(loss, seconds)
            if all(fold.result is not None for fold in folds):
                return


def _abreast(folds: Sequence[Iterable[Batch]]) -> Iterable[list[Batch]]:
    """A batch of each fold; one that has no more repeats its last, which moves nothing."""
    last: list[Batch] = []
    for step in zip_longest(*folds):
        last = [batch or last[row] for row, batch in enumerate(step)]
        yield last
