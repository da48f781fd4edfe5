"""Where on the face each action unit moves the skin: what attention starts from.

The maps are averages over synthetic people, see ``experiments/unit_places.py``. They follow
the appearance changes described in FACS; no real movement went into them.
"""

from functools import cache
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import Float, UInt8
from numpy import ndarray

from smastn.inputs.input import Crop

_FILE = Path(__file__).with_name("unit_places.npz")


def unit_places(
    units: tuple[str, ...], crop: Crop, places: int, forehead: float = 0.0
) -> Float[ndarray, "units places places"]:
    """Displacement by each unit on the right side of the face, 0 to 1 of its peak.

    It is 1 everywhere for a unit of which no map is known, and where the crop is unknown.

    Args:
        units: numbers of the units.
        crop: how the images are cropped.
        places: rows and columns of the result.
        forehead: see `PreparationConfig.forehead`.
    """
    maps = {} if crop == "unknown" else _maps(crop)
    found = np.ones((len(units), places, places))
    for at, unit in enumerate(units):
        if unit in maps:
            fine = _lower(maps[unit].astype(np.float64), forehead if crop == "face" else 0.0)
            small = cv2.resize(fine, (places, places), interpolation=cv2.INTER_AREA)
            found[at] = small / small.max()
    return found


def _lower(fine: Float[ndarray, "rows columns"], share: float) -> Float[ndarray, "rows columns"]:
    """The map moved down by a share of its side."""
    matrix = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, share * len(fine)]])
    return np.asarray(cv2.warpAffine(fine, matrix, fine.shape[::-1]))


@cache
def _maps(crop: Crop) -> dict[str, UInt8[ndarray, "28 28"]]:
    with np.load(_FILE) as stored:
        return dict(zip(stored["units"].tolist(), stored[crop], strict=True))
