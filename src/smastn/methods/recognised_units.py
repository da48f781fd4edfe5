"""Action units as a network predicts them: probability, side, and where it looked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from smastn.corpora.facs import SIDES, Side, unit_code
from smastn.methods.calibration import UnitCalibration

Place = tuple[float, float]
"""x and y in the prepared crop, each 0 to 1 from its upper left corner."""


@dataclass(frozen=True, slots=True)
class RecognisedUnit:
    """One action unit of one clip.

    Attributes:
        unit: its number in FACS.
        sides: its probability on the person's left and right side, calibrated if the network is.
        threshold: probability from which the unit counts as shown.
        places: where the network looked most for it on either side; None without such attention.
    """

    unit: str
    sides: tuple[float, float]
    threshold: float = 0.5
    places: tuple[Place, Place] | None = None

    @property
    def probability(self) -> float:
        """Of the unit, irrespective of its side: that of the more probable side."""
        return max(self.sides)

    @property
    def shown(self) -> bool:
        """Whether the unit is probable enough."""
        return self.probability >= self.threshold

    @property
    def code(self) -> str:
        """``12``, or ``L12`` where it is probable enough on one side only."""
        pairs = zip(SIDES, self.sides, strict=True)
        enough: list[Side] = [side for side, value in pairs if value >= self.threshold]
        return unit_code(self.unit, enough or SIDES)

    @property
    def where(self) -> Place | None:
        """Where the network looked most for it, on its more probable side."""
        return None if self.places is None else self.places[int(self.sides[1] > self.sides[0])]


def recognised_units(
    units: Sequence[str],
    logits: Float[ndarray, "units sides"],
    calibrations: Sequence[UnitCalibration],
    attention: Float[ndarray, "units sides rows columns"] | None = None,
) -> tuple[RecognisedUnit, ...]:
    """The units of one clip, in the order of the network's outputs, shown or not.

    Args:
        units: of the outputs.
        logits: one a unit and side.
        calibrations: of the units that were fitted; others stay as they are, with a threshold
            of 0.5.
        attention: one map a unit and side.
    """
    fitted = {one.unit: one for one in calibrations}
    found = []
    for at, (unit, values) in enumerate(zip(units, logits, strict=True)):
        one = fitted.get(unit, UnitCalibration(unit))
        left, right = (one.probability(float(value)) for value in values)
        places = None if attention is None else tuple(map(_most_attention, attention[at]))
        found.append(RecognisedUnit(unit, (left, right), one.threshold, places))  # pyright: ignore
    return tuple(found)


def shown_codes(units: Iterable[RecognisedUnit]) -> tuple[str, ...]:
    """The codes of the units that are probable enough, such as ``("4", "L10")``."""
    return tuple(one.code for one in units if one.shown)


def _most_attention(attention: Float[ndarray, "rows columns"]) -> Place:
    """The centre of the cell with the most attention."""
    row, column = np.unravel_index(int(attention.argmax()), attention.shape)
    rows, columns = attention.shape
    return (float(column) + 0.5) / columns, (float(row) + 0.5) / rows
