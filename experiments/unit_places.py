"""Where each action unit moves the skin, averaged over synthetic people: prior of the attention.

python experiments/unit_places.py src/smastn/methods/sma_stn/unit_places.npz

The file that smastn brings along was made by this with the muscles of 2026-11-30: later ones were
changed after looking at CASME II, whose people are held out in evaluations. For each unit of `action_units.UNITS` on the
person's right side it holds the length of the skin's displacement, 0 to 255 of its peak, on a
grid of 28 x 28 cells of two crops: that of the public flow images and that of `face_alignment`.
"""

import sys
from pathlib import Path

import numpy as np

from smastn.faces.alignment import face_alignment
from smastn.faces.landmarks import Face
from smastn.synthesis.action_units import UNITS, draw_action_units
from smastn.synthesis.identities import draw_identity, portrait
from smastn.synthesis.measured_flow import flow_cells
from smastn.synthesis.mesh_points import MOUTH_CORNERS
from smastn.synthesis.muscles import FacialMuscles

CELLS, PEOPLE, SIZE = 28, 40, 224


def main() -> None:
    """Average the displacement over people and write the file."""
    generator = np.random.default_rng(0)
    maps = {crop: np.zeros((len(UNITS), CELLS, CELLS)) for crop in ("flow", "face")}
    for _ in range(PEOPLE):
        points = portrait(draw_identity(generator), SIZE).points
        muscles = FacialMuscles(points, draw_action_units(generator))
        for crop, places in (("flow", flow_places(points)), ("face", face_places(points))):
            for at, code in enumerate(UNITS):
                maps[crop][at] += moved(muscles, points, code, places)
    scaled = {crop: one / one.max((1, 2), keepdims=True) for crop, one in maps.items()}
    stored = {crop: np.rint(255 * one).astype(np.uint8) for crop, one in scaled.items()}
    np.savez_compressed(Path(sys.argv[1]), units=np.array(list(UNITS)), **stored)


def moved(muscles: FacialMuscles, points: np.ndarray, code: str, places: np.ndarray) -> np.ndarray:
    """Length of the skin's displacement by a unit at places; on the right side where it can."""
    code = f"R{code}" if UNITS[code].one_sided else code
    flat = places.reshape(-1, 2)
    upper, lower = (muscles.at(code, flat, lip).skin for lip in ("upper", "lower"))
    below = flat[:, 1] > points[list(MOUTH_CORNERS.values()), 1].mean()
    skin = np.where(below[:, None], lower, upper)
    return np.linalg.norm(skin, axis=1).reshape(places.shape[:2])


def flow_places(points: np.ndarray) -> np.ndarray:
    """Where the centres of the cells of a public flow image lie on this face."""
    corners = np.array([[[0.0, 0.0], [100.0, 100.0]]])
    first, last = flow_cells(points, corners, (CELLS, CELLS))[0]
    return (_grid() - first) / ((last - first) / 100)


def face_places(points: np.ndarray) -> np.ndarray:
    """Where the centres of the cells of an aligned crop lie on this face, which is upright."""
    face = Face(np.column_stack([points, np.zeros(len(points))]).astype(np.float32), 1.0)
    matrix = face_alignment([face], CELLS)
    return (_grid() + 0.5 - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T


def _grid() -> np.ndarray:
    return np.stack(np.meshgrid(np.arange(CELLS), np.arange(CELLS)), axis=-1).astype(float)


if __name__ == "__main__":
    main()
