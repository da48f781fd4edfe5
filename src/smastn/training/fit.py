"""From training clips to a predictor. Held-out clips never come here."""

import copy
import math
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from smastn.errors import ConfigError, InputError
from smastn.media.prefetch import read_ahead
from smastn.methods.networks import Committee, Network, make_network
from smastn.methods.predictor import Predictor
from smastn.methods.sma_stn.deviation_loss import DeviationLoss
from smastn.methods.sma_stn.network import SmaStn
from smastn.training.batches import NO_EXPRESSION, Batch, Batches, TrainingClip, emotions_of
from smastn.training.optimiser import Optimiser
from smastn.training.training_settings import Settings
from smastn.training.unit_loss import learnable_units, unit_loss
from smastn.workers.memory import keep_freed_memory


@dataclass(frozen=True, slots=True)
class Epoch:
    """A finished epoch, for the caller's `watch`; watching does not change the training.

    Attributes:
        number: counted from 1.
        loss: mean over its batches.
        predictor: makes a predictor with a copy of the network as it is now.
        seconds: spent in forward, backward and optimiser.
    """

    number: int
    loss: float
    predictor: Callable[[], Predictor]
    seconds: float


class NotANumberError(InputError):
    """The loss became infinite or not a number; there is no predictor."""


def fit(
    clips: Sequence[TrainingClip],
    settings: Settings,
    seed: int,
    watch: Callable[[Epoch], object] | None = None,
    start: Predictor | None = None,
) -> Predictor:
    """Train a network on these clips for the set number of epochs.

    With `inference.networks` above 1 that many networks are trained, from seeds that follow
    each other; the predictor averages them.

    Args:
        clips: training clips only.
        settings: all settings.
        seed: seed of all random numbers; the same seed, clips, machine and number of threads
            give the same weights.
        watch: called after each epoch of the first network.
        start: a predictor whose network is trained further; by default training begins from
            random weights.

    Raises:
        InputError: fewer than two classes, or `start` has another network or other classes.
        NotANumberError: the loss became infinite or not a number.
    """
    keep_freed_memory()
    settings = _for_these_clips(settings, clips, start)
    networks: list[Network] = []
    for number in range(settings.inference.networks):
        with torch.random.fork_rng():  # the caller's random numbers stay as they were
            torch.manual_seed(seed + number)
            run = _Run(clips, settings, seed + number, start)
            networks.append(run.train(None if number else watch))
    network = networks[0] if len(networks) == 1 else Committee(networks)
    if not networks[0].has_units:
        settings = _with_units(settings, ())
    return Predictor(network, settings.model, emotions_of(clips))


def _for_these_clips(
    settings: Settings, clips: Sequence[TrainingClip], start: Predictor | None
) -> Settings:
    """The settings with those action units only that can be learnt from the clips.

    A network that is trained further keeps its units.
    """
    units = learnable_units(settings.network.units, (clip.action_units for clip in clips))
    units = units if start is None else start.units
    return _with_units(settings, units)


def _with_units(settings: Settings, units: tuple[str, ...]) -> Settings:
    return replace(settings, network=replace(settings.network, units=units))


def check_network(settings: Settings) -> None:
    """Build the network once, so that one that cannot be trained is refused before the work.

    Raises:
        ConfigError: a network from outside cannot be used, or lacks what DE-Loss needs.
    """
    classes = 3
    with torch.random.fork_rng():
        network = make_network(settings.network, settings.model.shape(classes))
        _deviation_loss(network, settings, classes)


class _Run:
    """The training of one network."""

    def __init__(
        self, clips: Sequence[TrainingClip], settings: Settings, seed: int, start: Predictor | None
    ) -> None:
        emotions = emotions_of(clips)
        if len(emotions) < 2:
            raise InputError(
                f"the training clips show {', '.join(emotions) or 'nothing'} only; wanted at "
                "least two emotions; add clips, or choose another grouping of labels"
            )
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._settings = settings
        self._batches = Batches(clips, settings, seed, device)
        network = make_network(settings.network, settings.model.shape(len(emotions)))
        self._network = network.to(device)
        # New centres in each run: they depend on the clips they were trained with.
        self._deviation = _deviation_loss(network, settings, len(emotions)).to(device)
        if start is not None:
            _require_alike(start, settings, emotions)
            self._network.load_state_dict(start.network.state_dict())

    def train(self, watch: Callable[[Epoch], object] | None) -> Network:
        """The network after all epochs; each batch is made in a thread during the step before."""
        config, steps = self._settings.training, self._batches.steps
        optimiser = Optimiser(self._network, self._deviation, config, config.epochs * steps)
        if isinstance(self._network, SmaStn):
            self._network.begin()
        weights, unit_weights = self._batches.class_weights, self._batches.unit_weights
        self._network.train()
        with closing(read_ahead(self._batches, 1)) as batches:
            for epoch in range(1, config.epochs + 1):
                total = seconds = 0.0
                for batch in islice(batches, steps):
                    began = time.perf_counter()
                    loss = self._loss(batch, weights, unit_weights)
                    optimiser.step(loss)
                    total += loss.item()
                    seconds += time.perf_counter() - began
                if not math.isfinite(total):
                    raise NotANumberError(
                        f"the loss was {total} in epoch {epoch} of {config.epochs}; wanted a "
                        f"finite number: lower learning_rate (it is {config.learning_rate}) or "
                        "the weight of DE-Loss"
                    )
                if watch is not None:
                    with torch.random.fork_rng():  # watching takes no random numbers
                        watch(Epoch(epoch, total / steps, self._predictor, seconds))
        self._batches.finish(self._network)
        return copy.deepcopy(self._network)

    def _loss(
        self,
        batch: Batch,
        class_weights: Float[Tensor, " classes"],
        unit_weights: Float[Tensor, "2 units 1"],
    ) -> Float[Tensor, ""]:
        """Cross-entropy, DE-Loss and the loss of action units of a batch.

        See `augmentation.mix` for its shares.
        """
        output = self._network(batch.images, kept=batch.kept)
        own, other = (
            self._entropy(output.logits, labels, class_weights)
            for labels in (batch.labels, batch.labels.roll(1))
        )
        mixed = batch.share * own + (1 - batch.share) * other
        entropy = mixed.sum() / _weights(class_weights, batch.labels).sum()
        moving = batch.labels != NO_EXPRESSION  # only these belong to a centre
        if self._settings.deviation.active and moving.any():
            entropy = entropy + self._deviation(
                output.features[moving], batch.labels[moving], output.segment_features[moving]
            )
        if output.unit_logits is None or not self._settings.training.unit_weight:
            return entropy
        units = unit_loss(output.unit_logits, batch.units, batch.share, unit_weights)
        return entropy + self._settings.training.unit_weight * units

    def _entropy(
        self,
        logits: Float[Tensor, "batch classes"],
        labels: Int64[Tensor, " batch"],
        class_weights: Float[Tensor, " classes"],
    ) -> Float[Tensor, " batch"]:
        """Weighted cross-entropy of each clip.

        Without an expression no class is to be favoured: the target is uniform, as for the
        outliers of Hendrycks, Mazeika and Dietterich (Outlier Exposure, ICLR 2019).
        """
        smoothing = self._settings.training.label_smoothing
        classes = logits.shape[1]
        targets = nn.functional.one_hot(labels.clamp_min(0), classes).to(logits.dtype)
        targets = torch.where(
            (labels == NO_EXPRESSION)[:, None],
            logits.new_tensor(1 / classes),
            targets * (1 - smoothing) + smoothing / classes,
        )
        weighted = targets * class_weights
        return -(weighted * torch.log_softmax(logits, dim=1)).sum(1)

    def _predictor(self) -> Predictor:
        """A predictor with a copy of the network, so that watching cannot change the training."""
        network = copy.deepcopy(self._network)
        return Predictor(network, self._settings.model, self._batches.emotions)


def _weights(
    class_weights: Float[Tensor, " classes"], labels: Int64[Tensor, " batch"]
) -> Float[Tensor, " batch"]:
    """Weight of each clip in the mean; of one without expression the mean weight of classes."""
    own = class_weights[labels.clamp_min(0)]
    return torch.where(labels == NO_EXPRESSION, class_weights.mean(), own)


def _deviation_loss(network: Network, settings: Settings, classes: int) -> DeviationLoss:
    """DE-Loss for this network.

    Raises:
        ConfigError: the network does not return the features that it needs.
    """
    config = settings.deviation
    if config.active and not (network.features and network.has_segment_features):
        raise ConfigError(
            f"DE-Loss is on (deviation.weight is {config.weight}), and {settings.network.title} "
            'returns no features and segment_features, which it needs; set form = "none" in '
            "[deviation], or return them in an Output"
        )
    return DeviationLoss(config, classes, network.features)


def _require_alike(start: Predictor, settings: Settings, emotions: Sequence[str]) -> None:
    """Refuse to train a network further that has another shape or other classes."""
    wanted, seen = (settings.network, tuple(emotions)), (start.config.network, start.emotions)
    if wanted != seen or start.config.inference.networks > 1:
        raise InputError(
            f"the network to be trained further has classes {', '.join(seen[1])} and {seen[0]}; "
            f"wanted {', '.join(wanted[1])} and {wanted[0]}: train it with the same [network]"
        )
