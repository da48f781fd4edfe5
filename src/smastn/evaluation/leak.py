"""Best-epoch selection on test data, to show how much it inflates a score.

Much public code predicts the held-out clips after every epoch and reports the best epoch of
each fold. Nothing was learnt from these clips, yet the score rises. Here the same is done apart
from the results, which do not depend on it.
"""

from smastn.evaluation.predictions import Prediction, prediction_of
from smastn.evaluation.protocol import Fold
from smastn.evaluation.study import Study
from smastn.methods.predictor import Predictor

LEAK = "best epoch selected on test data (leak)"
"""What every table adds to the name of the network for these predictions."""


class BestEpoch:
    """Predicts a fold's held-out clips after each epoch; keeps the epoch with most correct.

    Of equals the first is kept, as in code that stores whenever the score rises.

    Attributes:
        predictions: of that epoch.
    """

    def __init__(self, study: Study, fold: Fold, seed: int) -> None:
        self._fold, self._seed = fold, seed
        describe = study.experiment.input.describe
        self._images = [describe(study.frames(clip)) for clip in fold.test]
        self._most_correct = -1
        self.predictions: tuple[Prediction, ...] = ()

    def update(self, predictor: Predictor) -> None:
        """Predict every held-out clip, and keep the predictions if more are correct than ever."""
        rows = tuple(
            prediction_of(
                clip, self._fold.name, self._seed, predictor.predict_images(images).probabilities
            )
            for clip, images in zip(self._fold.test, self._images, strict=True)
        )
        correct = sum(row.correct for row in rows)
        if correct > self._most_correct:
            self._most_correct, self.predictions = correct, rows
