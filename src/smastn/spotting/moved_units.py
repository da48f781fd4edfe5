"""Which action units a small movement of the skin is made of.

Which way each unit moves the skin is known from FACS and written down for synthetic faces in
`smastn.synthesis.action_units`. The movement of all regions is explained by few of these: by
the unit that goes best with it, then by the one that goes best with what is left, and so on
(matching pursuit, Mallat and Zhang, 1993).
"""

from functools import lru_cache

import numpy as np
from jaxtyping import Float32, Float64
from numpy import ndarray
from scipy.optimize import nnls

from smastn.spotting.regions import EYES, REGIONS, places
from smastn.synthesis.action_units import UNITS, unit_and_sides
from smastn.synthesis.muscles import FacialMuscles
from smastn.synthesis.photographs import photograph, upright

_LEAST_SHARE = 0.4  # of the whole movement, which a unit must explain
_NOT_TOLD = ("5", "6", "7")  # they show at the eyes, where blinks and gaze move the skin as well
_SKIN = [place for place in range(len(REGIONS)) if place not in places(EYES)]


def moved_units(moved: Float32[ndarray, "regions 2"]) -> tuple[str, ...]:
    """FACS codes such as ``12`` or ``L14``, that which explains most of the movement first.

    Args:
        moved: how far each region moved (x, y), in the order of `REGIONS`; NaN where unknown.
    """
    codes, directions = _directions()
    whole = np.nan_to_num(moved[_SKIN]).ravel().astype(np.float64)
    length = float(np.linalg.norm(whole))
    chosen: list[int] = []
    amounts, left = np.zeros(0), whole
    while length:
        fitting = left @ directions
        best = int(np.argmax(fitting))
        named = {unit_and_sides(codes[place])[0] for place in chosen}
        if fitting[best] < _LEAST_SHARE * length or unit_and_sides(codes[best])[0] in named:
            break
        chosen.append(best)
        amounts, _ = nnls(directions[:, chosen], whole)
        left = whole - directions[:, chosen] @ amounts
    return tuple(
        codes[chosen[place]]
        for place in np.argsort(-amounts)
        if amounts[place] >= _LEAST_SHARE * length
    )


@lru_cache(maxsize=1)
def _directions() -> tuple[list[str], Float64[ndarray, "values codes"]]:
    """Codes of all units, on both sides and on either, and how each moves all regions, as 1."""
    points = upright(photograph("astronaut"), (224, 224), 160.0, (112.0, 112.0)).points
    muscles = FacialMuscles(points)
    codes = [
        side + name
        for name, unit in UNITS.items()
        if name not in _NOT_TOLD
        for side in (("", "L", "R") if unit.one_sided else ("",))
    ]
    groups = [list(REGIONS[name]) for name in np.array(list(REGIONS))[_SKIN]]
    moved = np.array(
        [[muscles.at_mesh(code).skin[group].mean(axis=0) for group in groups] for code in codes]
    ).reshape(len(codes), -1)
    return codes, (moved / np.linalg.norm(moved, axis=1, keepdims=True)).T
