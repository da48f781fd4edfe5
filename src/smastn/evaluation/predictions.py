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
from smastn.corpora.facs import by_number, format_units, parse_units
from smastn.errors import InputError
from smastn.files import csv_text, read_text
from smastn.methods.recognised_units import RecognisedUnit, shown_codes

COLUMNS = ("corpus", "subject", "clip", "seed", "fold", "truth", "predicted")
"""The columns of predictions.csv; one ``p_<emotion>`` for each emotion follows."""

UNIT_COLUMNS = ("action_units", "predicted_units")
"""Further columns where action units are known or predicted: FACS strings, ``0`` for no unit and
empty for unknown ones. One ``u_<unit>`` for each unit that was predicted comes last."""

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
        action_units: codes of the annotated action units; None where they are unknown.
        predicted_units: codes of those that were predicted, such as ``("4", "L10")``.
        units: probability of each action unit, irrespective of its side; empty where a method
            gives none.

    Raises:
        InputError: probabilities that do not sum to 1 or do not favour `predicted`, or one of an
            action unit outside 0 to 1.
    """

    subject: str
    clip: str
    seed: int
    fold: str
    truth: str
    predicted: str
    probabilities: dict[str, float] = field(default_factory=dict)
    action_units: tuple[str, ...] | None = None
    predicted_units: tuple[str, ...] = ()
    units: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not all(0 <= value <= 1 for value in self.units.values()):
            raise InputError(
                f"{self.key}: a probability of an action unit lies outside 0 to 1; was the file "
                "changed by hand?"
            )
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


def prediction_of(
    clip: Clip,
    fold: str,
    seed: int,
    probabilities: dict[str, float],
    units: Sequence[RecognisedUnit] = (),
) -> Prediction:
    """The prediction of a clip: its most probable emotion, of equals the first, and its units."""
    predicted = max(probabilities, key=lambda name: probabilities[name])
    return Prediction(
        clip.subject,
        clip.name,
        seed,
        fold,
        clip.emotion,
        predicted,
        dict(probabilities),
        clip.action_units,
        shown_codes(units),
        {one.unit: one.probability for one in units},
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
    """The text of predictions.csv, rows in the order given, probabilities to 6 digits.

    Columns of action units are there only where any are known or predicted.
    """
    emotions = sorted({name for row in predictions for name in row.probabilities})
    units = sorted({unit for row in predictions for unit in row.units}, key=by_number)
    with_units = bool(units) or any(row.action_units is not None for row in predictions)
    lines: list[list[object]] = [
        [
            *COLUMNS,
            *(UNIT_COLUMNS if with_units else ()),
            *(f"p_{name}" for name in emotions),
            *(f"u_{unit}" for unit in units),
        ]
    ]
    for row in predictions:
        coded = (format_units(row.action_units), format_units(_said(row)))
        lines.append(
            [
                *(getattr(row, name) for name in COLUMNS),
                *(coded if with_units else ()),
                *_digits(row.probabilities, emotions),
                *_digits(row.units, units),
            ]
        )
    return csv_text(lines)


def _said(row: Prediction) -> tuple[str, ...] | None:
    """The predicted units; None where the method predicts none at all."""
    return row.predicted_units if row.units else None


def _digits(known: dict[str, float], names: Sequence[str]) -> list[str]:
    return [f"{known[name]:.{_DIGITS}f}" if name in known else "" for name in names]


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
        texts = {name: values[name] for name in ("subject", "clip", "fold", "truth", "predicted")}
        coded, said = (parse_units(values.get(name) or "") for name in UNIT_COLUMNS)
        return Prediction(
            seed=int(values["seed"]),
            probabilities=_numbers(values, "p_"),
            action_units=coded,
            predicted_units=said or (),
            units=_numbers(values, "u_"),
            **texts,
        )
    except InputError as error:
        raise InputError(f"{where}: {error}") from error
    except (TypeError, ValueError) as error:
        raise InputError(f"{where}: {error}; correct or remove that row") from error


def _numbers(values: dict[str, str], prefix: str) -> dict[str, float]:
    """The filled cells of the columns whose names begin so."""
    return {
        name.removeprefix(prefix): float(text)
        for name, text in values.items()
        if name and name.startswith(prefix) and text
    }
