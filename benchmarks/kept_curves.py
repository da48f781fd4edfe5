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
    """The movement curve of a film without its sound; measured if it is missing or of old form.

    A curve is not measured anew where only the measuring was changed: delete it then.
    """
    path, names = film.with_suffix(".npz"), [one.name for one in fields(MovementCurve)]
    if path.exists():
        with np.load(path) as kept:
            if set(names) == set(kept.files):
                values: dict[str, Any] = {name: kept[name] for name in names}
                values["span"] = float(values["span"])
                return MovementCurve(**values)
    with open_frames(film) as stream:
        curve = measure_movement(stream, FaceTracker())
    with atomic_file(path) as partial, Path(partial).open("wb") as file:
        kept_values: dict[str, Any] = {name: getattr(curve, name) for name in names}
        np.savez(file, **kept_values)
    return curve
