"""The prediction of every held-out clip, and predictions.csv, from which all scores derive.

One row a clip and seed. The same predictions always give the same bytes.
"""

import csv
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from smastn.corpora.clip import Clip
from smastn.errors import InputError
from smastn.files import csv_text, read_text

COLUMNS = ("corpus", "subject", "clip", "seed", "fold", "truth", "predicted")
"""The columns of predictions.csv; one ``p_<emotion>`` for each emotion follows."""

PREDICTIONS = "predictions.csv"
"""The file of all predictions in a run folder; there when the run is finished."""

Key = TypeVar("Key")

_DIGITS = 6
_TOLERANCE = 1e-4


@dataclass(frozen=True, slots=True)
class Prediction:
    """The prediction of one held-out clip.

    Attributes:
        subject: corpus and subject, as in ``"casme2/01"``.
        clip: the clip's name, unique for its subject.
        seed: of the training run.
        fold: the fold's name in its protocol.
        truth: the annotated emotion.
        predicted: the predicted emotion.
        probabilities: of each emotion, summing to 1; empty where a method gives none.

    Raises:
        InputError: probabilities that do not sum to 1 or do not favour `predicted`.
    """

    subject: str
    clip: str
    seed: int
    fold: str
    truth: str
    predicted: str
    probabilities: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.probabilities:
            return
        values = self.probabilities.values()
        if not all(math.isfinite(value) and value >= 0 for value in values):
            raise InputError(f"{self.key}: a probability is negative or no number; run it again")
        if abs(sum(values) - 1) > _TOLERANCE * max(1, len(self.probabilities)):
            raise InputError(
                f"{self.key}: the probabilities sum to {sum(values):.4f}, wanted 1; "
                "was the file changed by hand?"
            )
        if self.probabilities.get(self.predicted, 0.0) < max(values) - _TOLERANCE:
            raise InputError(
                f"{self.key}: {self.predicted} was predicted though another emotion is more "
                "probable; was the file changed by hand?"
            )

    @property
    def corpus(self) -> str:
        """The corpus, which is the first part of the subject."""
        return self.subject.split("/", 1)[0]

    @property
    def key(self) -> str:
        """Subject and clip, as `Clip.key`."""
        return f"{self.subject}/{self.clip}"

    @property
    def correct(self) -> bool:
        """Whether the predicted emotion is the annotated one."""
        return self.predicted == self.truth


def prediction_of(clip: Clip, fold: str, seed: int, probabilities: dict[str, float]) -> Prediction:
    """The prediction of a clip: its most probable emotion, of equals the first."""
    predicted = max(probabilities, key=lambda name: probabilities[name])
    return Prediction(
        clip.subject, clip.name, seed, fold, clip.emotion, predicted, dict(probabilities)
    )


def grouped(
    predictions: Iterable[Prediction], key: Callable[[Prediction], Key]
) -> dict[Key, list[Prediction]]:
    """The predictions by seed, subject or other `key`, in the order of first occurrence."""
    found: dict[Key, list[Prediction]] = {}
    for row in predictions:
        found.setdefault(key(row), []).append(row)
    return found


def predictions_csv(predictions: Sequence[Prediction]) -> str:
    """The text of predictions.csv, rows in the order given, probabilities to 6 digits."""
    emotions = sorted({name for row in predictions for name in row.probabilities})
    lines = [[*COLUMNS, *(f"p_{name}" for name in emotions)]]
    for row in predictions:
        known = row.probabilities
        chances = [f"{known[name]:.{_DIGITS}f}" if name in known else "" for name in emotions]
        lines.append([*(getattr(row, name) for name in COLUMNS), *chances])
    return csv_text(lines)


def read_predictions(place: Path) -> list[Prediction]:
    """The predictions of a finished run, by its folder or by its predictions.csv.

    Raises:
        InputError: the run is not finished, the file is missing or lacks a column, or a row
            contradicts itself.
    """
    path = place / PREDICTIONS if place.is_dir() else place
    if place.is_dir() and not path.is_file():
        raise InputError(
            f"{place} holds no finished run; wanted {PREDICTIONS}: start the run again, "
            "finished folds are kept"
        )
    reader = csv.DictReader(read_text(path, "a predictions.csv").splitlines())
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise InputError(
            f"{path}: no column {', '.join(missing)}; wanted {', '.join(COLUMNS)} and one "
            "p_<emotion> for each emotion: is this a predictions.csv?"
        )
    return [_row(values, f"{path}, line {number}") for number, values in enumerate(reader, 2)]


def _row(values: dict[str, str], where: str) -> Prediction:
    try:
        probabilities = {
            name.removeprefix("p_"): float(text)
            for name, text in values.items()
            if name and name.startswith("p_") and text
        }
        texts = {name: values[name] for name in ("subject", "clip", "fold", "truth", "predicted")}
        return Prediction(seed=int(values["seed"]), probabilities=probabilities, **texts)
    except InputError as error:
        raise InputError(f"{where}: {error}") from error
    except (TypeError, ValueError) as error:
        raise InputError(f"{where}: {error}; correct or remove that row") from error
