"""What must not be done, done on purpose beside the honest answers, to show what it is worth.

Much public code asks about the held-out clips after every epoch and prints the best
epoch of each fold. Nothing was learnt from these clips, yet the score rises: the epoch was
chosen on them. Here the same is done, apart, by its name; no honest answer depends on it.
"""

from dataclasses import dataclass

from torch import Tensor

from smastn.corpora.clip import Clip
from smastn.evaluation.predictions import Prediction
from smastn.evaluation.protocol import Fold
from smastn.evaluation.study import Study
from smastn.methods.predictor import Predictor, Recognition

LEAK = "best epoch selected on test data (leak)"
"""What every table adds to the name of the network for these predictions."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A held-out clip, described once for all epochs."""

    clip: Clip
    images: Tensor


class Peeker:
    """Asks about a fold's held-out clips after each epoch; keeps the epoch with most right.

    Of equals the first is kept, as code does that stores whenever the score rises.
    """

    def __init__(self, study: Study, fold: Fold, seed: int) -> None:
        self._fold, self._seed = fold.name, seed
        describe = study.experiment.input.describe
        self._held = [_Held(clip, describe(study.frames(clip))) for clip in fold.test]
        self._most_right = -1
        self.best: tuple[Prediction, ...] = ()

    def look(self, predictor: Predictor) -> None:
        """Ask about every held-out clip, and remember the answers if more are right than ever."""
        rows = tuple(
            prediction(self._fold, self._seed, one.clip, predictor.predict_images(one.images))
            for one in self._held
        )
        right = sum(row.correct for row in rows)
        if right > self._most_right:
            self._most_right, self.best = right, rows


def prediction(fold: str, seed: int, clip: Clip, answer: Recognition) -> Prediction:
    """The one answer about a clip, as it is stored."""
    return Prediction(
        subject=clip.subject,
        clip=clip.name,
        seed=seed,
        fold=fold,
        truth=clip.emotion,
        predicted=answer.emotion,
        probabilities=answer.probabilities,
    )
