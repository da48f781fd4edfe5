"""Pictures of flow of synthetic faces whose action units are known.

The displacement that muscles give a face's skin is sampled where the public pictures lie, and
disturbed as measured flow is: head movement left over, blinks, noise, lost texture, smoothing.
No face is rendered, so a picture takes milliseconds.
"""

from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from jaxtyping import Float32, Float64, UInt8
from numpy import ndarray
from synthetic_flow import SIDE, crop_of, flow_image
from unit_combinations import draw_combination
from unit_disturbance import disturbed

from smastn.corpora.flow_images import Part
from smastn.errors import ConfigError
from smastn.inputs.optical_flow import CROPS, aligned
from smastn.synthesis.action_units import draw_action_units
from smastn.synthesis.expressions import ASYMMETRY, split_by_side
from smastn.synthesis.identities import draw_identity, neutral_mesh
from smastn.synthesis.mesh_points import EYE_CORNERS
from smastn.synthesis.muscles import FacialMuscles
from smastn.workers import Processes, run_tasks

PARTS: tuple[Part, ...] = ("onset-apex", "ststnet")
"""Both public crops; each picture shows the same movement in one of them."""

_GRID, _CROP = 56, 128  # cells of the sampled flow; `crop_of` maps to so many pixels
_LIDS = ((159, 145), (386, 374))  # upper and lower lid of the right and the left eye
_LID_REACH, _LID_OFFSET = (0.33, 0.16), 0.12  # shares of an eye's width
_LIPS = (13, 14)


@dataclass(frozen=True, slots=True)
class UnitFlow:
    """One synthetic movement.

    Attributes:
        subject: number of the face.
        emotion: that the units usually go with, or neutral.
        action_units: FACS codes; none in a neutral face.
        pictures: u, v and strain of each of `PARTS`, in the place of the common crop.
        moved: how far each unit moves the skin, relative to the largest displacement.
    """

    subject: int
    emotion: str
    action_units: tuple[str, ...]
    pictures: UInt8[ndarray, "parts 28 28 3"]
    moved: Float32[ndarray, "units 28 28"]


def make_unit_flow(subjects: int, pictures: int, seed: int = 0, workers: int = 1) -> list[UnitFlow]:
    """Movements of synthetic faces, by subject; they do not depend on the number of workers.

    Args:
        subjects: number of faces.
        pictures: movements of each.
        seed: of everything that is drawn.
        workers: number of processes.

    Raises:
        ConfigError: a number is below 1.
        AssetError: the face models are missing and cannot be fetched.
    """
    if subjects < 1 or pictures < 1:
        raise ConfigError(f"subjects is {subjects} and pictures {pictures}; wanted 1 or more each")
    made: dict[int, list[UnitFlow]] = {}
    for subject, own in run_tasks(
        partial(_subject, pictures, seed), range(subjects), Processes(workers)
    ):
        made[subject] = own
    return [one for subject in sorted(made) for one in made[subject]]


class FlowFace:
    """One person's skin, sampled on the cells of the common crop of the public pictures.

    Args:
        generator: draws face, muscles, and where the crop lies.
    """

    def __init__(self, generator: np.random.Generator) -> None:
        self._points = neutral_mesh(draw_identity(generator), 224)
        self._muscles = FacialMuscles(self._points, draw_action_units(generator))
        crop = crop_of(self._points, generator) * SIDE / _CROP
        self._scale = np.diag(crop[:, :2])
        cells = (np.arange(_GRID) + 0.5) * SIDE / _GRID
        grid = np.stack(np.meshgrid(cells, cells), axis=-1).reshape(-1, 2)
        self._places = (grid - crop[:, 2]) / self._scale
        self._below = self._places[:, 1] > self._points[list(_LIPS), 1].mean()
        self._lids = [[self._lid(eye, lid) for lid in (0, 1)] for eye in (0, 1)]
        self._fields: dict[str, Float64[ndarray, "rows columns 2"]] = {}

    def field(self, code: str) -> Float64[ndarray, "rows columns 2"]:
        """Displacement by one unit of full strength, to the right and downwards, in cells."""
        if code not in self._fields:
            upper, lower = (self._muscles.at(code, self._places, lip) for lip in ("upper", "lower"))
            skin = np.where(self._below[:, None], lower.skin, upper.skin)
            self._fields[code] = self._in_cells(skin) + self.lids(-upper.lids)
        return self._fields[code]

    def lids(self, down: Float64[ndarray, "eyes lids"]) -> Float64[ndarray, "rows columns 2"]:
        """Displacement of the lids' skin that moves down so far, in pixels of the face."""
        skin = np.zeros_like(self._places)
        for eye, lid in np.ndindex(2, 2):
            skin[:, 1] += down[eye, lid] * self._lids[eye][lid]
        return self._in_cells(skin)

    def _in_cells(self, skin: Float64[ndarray, "places 2"]) -> Float64[ndarray, "rows columns 2"]:
        return (skin * self._scale).reshape(_GRID, _GRID, 2)

    def _lid(self, eye: int, lid: int) -> Float64[ndarray, " places"]:
        outer, inner = self._points[list(EYE_CORNERS["RL"[eye]])]
        width = abs(outer[0] - inner[0])
        centre = self._points[_LIDS[eye][lid]] + (0, (2 * lid - 1) * _LID_OFFSET * width)
        offsets = (self._places - centre) / (width * np.array(_LID_REACH))
        return np.exp(-0.5 * (offsets**2).sum(1))


def _subject(pictures: int, seed: int, subject: int) -> list[UnitFlow]:
    generator = np.random.default_rng([seed, subject])
    face = FlowFace(generator)
    return [_movement(face, subject, generator) for _ in range(pictures)]


def _movement(face: FlowFace, subject: int, generator: np.random.Generator) -> UnitFlow:
    emotion, codes, strengths = draw_combination(generator)
    moving = [
        sum(strength * face.field(part) for part, strength in zip(*split, strict=True))
        for split in (
            split_by_side([code], [strength], [_asymmetry(generator)])
            for code, strength in zip(codes, strengths, strict=True)
        )
    ]
    moving = np.array(moving).reshape(-1, _GRID, _GRID, 2)
    moving /= max(np.linalg.norm(moving.sum(0), axis=-1).max(), 1e-9)
    flow = disturbed(moving.sum(0), face.lids, generator)
    far = [cv2.resize(np.linalg.norm(one, axis=-1), (SIDE, SIDE)) for one in moving]
    pictures = np.stack([_picture(flow, part) for part in PARTS])
    places = np.array(far, np.float32).reshape(-1, SIDE, SIDE)
    return UnitFlow(subject, emotion, codes, pictures, places)


def _asymmetry(generator: np.random.Generator) -> float:
    return float(np.clip(generator.normal(0, ASYMMETRY), -0.85, 0.85))


def _picture(flow: Float64[ndarray, "rows columns 2"], part: Part) -> UInt8[ndarray, "28 28 3"]:
    """The flow as the public pictures of one crop show it, laid on the common crop again."""
    across, left, down, top = CROPS.get(part, (1.0, 0.0, 1.0, 0.0))
    fine = 4 * SIDE
    cells = (np.arange(fine) + 0.5) / fine * SIDE - 0.5
    x, y = np.meshgrid((cells - left) / across, (cells - top) / down)
    x, y = (((axis + 0.5) * _GRID / SIDE - 0.5).astype(np.float32) for axis in (x, y))
    cut = cv2.remap(flow, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return aligned(flow_image(np.asarray(cut, np.float64) * (across, down)), part)
