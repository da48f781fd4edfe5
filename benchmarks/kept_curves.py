"""Movement curves of films, measured once and kept beside them."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from smastn.faces.landmarks import FaceTracker
from smastn.files import atomic_file
from smastn.media.frames import open_frames
from smastn.spotting.curve import MovementCurve
from smastn.spotting.meter import measure_movement


def kept_curve(film: Path) -> MovementCurve:
    """The movement curve of a film without its sound; measured if it is missing."""
    path = film.with_suffix(".npz")
    if not path.exists():
        with open_frames(film) as stream:
            curve = measure_movement(stream, FaceTracker())
        with atomic_file(path) as partial, Path(partial).open("wb") as file:
            np.savez(file, **{one.name: getattr(curve, one.name) for one in fields(curve)})
    with np.load(path) as kept:
        values: dict[str, Any] = {one.name: kept[one.name] for one in fields(MovementCurve)}
    values["span"] = float(values["span"])
    return MovementCurve(**values)
