"""The regions of a face whose movement is measured, as groups of mesh points.

Left and right are the person's own. The numbers are those of the 468-point
face mesh (Kartynnik et al., 2019).
"""

from collections.abc import Iterable

REGIONS: dict[str, tuple[int, ...]] = {
    "inner brow right": (107, 55, 66, 65, 9),
    "inner brow left": (336, 285, 296, 295, 9),
    "outer brow right": (70, 63, 105, 46, 53, 52),
    "outer brow left": (300, 293, 334, 276, 283, 282),
    "eye right": (159, 158, 160, 145, 144, 153, 23, 230),
    "eye left": (386, 385, 387, 374, 373, 380, 253, 450),
    "nose": (48, 64, 98, 129, 278, 294, 327, 358),
    "cheek right": (50, 205, 36, 101, 118, 117, 187, 207),
    "cheek left": (280, 425, 266, 330, 347, 346, 411, 427),
    "mouth corner right": (61, 76, 57, 186, 43, 62),
    "mouth corner left": (291, 306, 287, 410, 273, 292),
    "upper lip": (0, 37, 267, 11, 164, 39, 269, 72, 302),
    "lower lip": (17, 84, 314, 16, 15, 18, 181, 405),
    "chin": (152, 148, 377, 175, 199, 200, 171, 396),
}
"""Mesh points of each region, by name."""


def places(names: Iterable[str]) -> list[int]:
    """Where regions of these names stand in arrays that have one place a region, in order."""
    wanted = set(names)
    return [place for place, name in enumerate(REGIONS) if name in wanted]


EYES = ("eye right", "eye left")
"""Moved by blinks and gaze all the time: measured, but no interval rests on them."""

BROWS = ("inner brow right", "inner brow left", "outer brow right", "outer brow left")
"""Pulled along by the lids, so they are not believed while the eyes close."""

LOWER = tuple(name for name in REGIONS if name not in (*BROWS, *EYES))
"""Regions below the eyes."""

EYELIDS = (
    (33, 160, 158, 133, 153, 144),
    (263, 387, 385, 362, 380, 373),
)
"""Rims of the right and left eye, whose mean is its middle."""

SPEAKING = ("mouth corner right", "mouth corner left", "upper lip", "lower lip", "chin")
"""Moved by speech, which is told by them."""

JAW = ("lower lip", "chin")
"""Moved by the jaw: not believed while somebody talks, but they tell what it pulls along."""

SPOKEN = (
    *("nose", "cheek right", "cheek left", "mouth corner right", "mouth corner left"),
    "upper lip",
)
"""Pulled along by a jaw that speaks: believed as far as they do something else."""
