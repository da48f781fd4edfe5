"""Out-of-plane head rotation, by the depth of the face's surface.

The depth comes from the face mesh, with a random scale and random smooth bumps, so a
method that uses the same mesh does not know it exactly.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float32, Float64
from numpy import ndarray

from smastn.errors import FaceError
from smastn.faces.alignment import Matrix
from smastn.faces.landmarks import FaceTracker
from smastn.media.frame_array import Image
from smastn.synthesis.identities import interpolated
from smastn.synthesis.mesh_points import face_width
from smastn.synthesis.photographs import Portrait

_STEP = 2
"""Displacements are computed at every second pixel."""

_PIVOT = 0.45
"""Distance of the rotation axis behind the face, shares of the face's width."""

_SCALE, _BUMPS, _BUMP, _REACH = (0.85, 1.15), 6, 0.015, 0.2
_SECONDS = (0.4, 1.4)
_PITCH = 0.5
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class HeadTurn:
    """A rotation of the head to a new direction.

    Attributes:
        time: its start, seconds.
        seconds: its duration.
        yaw, pitch: direction at its end, degrees; the person's left and up are positive.
    """

    time: float
    seconds: float
    yaw: float
    pitch: float


def draw_head_turns(
    generator: np.random.Generator, rate: float, max_yaw: float, seconds: float
) -> tuple[HeadTurn, ...]:
    """Turns at random times without overlap; every second one ends near the front.

    Args:
        generator: source of randomness.
        rate: mean number of turns a second.
        max_yaw: largest yaw, degrees; the largest pitch is half of it.
        seconds: length of the film.
    """
    drawn: list[HeadTurn] = []
    for time in np.sort(generator.uniform(0, seconds, generator.poisson(rate * seconds))):
        duration = float(generator.uniform(*_SECONDS))
        side = generator.uniform(0.5, 1.0) * generator.choice([-1.0, 1.0])
        share = side if len(drawn) % 2 == 0 else generator.uniform(-0.2, 0.2)
        pitch = _PITCH * max_yaw * generator.uniform(-1, 1) * (1.0 if len(drawn) % 2 == 0 else 0.3)
        if not drawn or drawn[-1].time + drawn[-1].seconds < time:
            drawn.append(HeadTurn(float(time), duration, float(max_yaw * share), float(pitch)))
    return tuple(drawn)


def direction_at(turns: tuple[HeadTurn, ...], time: float) -> tuple[float, float]:
    """Yaw and pitch at a time, degrees; 0 before the first turn."""
    where = np.zeros(2)
    for turn in turns:
        share = np.clip((time - turn.time) / turn.seconds, 0, 1)
        where += (0.5 - 0.5 * np.cos(np.pi * share)) * (np.array([turn.yaw, turn.pitch]) - where)
    return float(where[0]), float(where[1])


class RotatableHead:
    """One portrait as a surface that can be rotated.

    Args:
        portrait: the picture and its mesh.
        generator: draws the departure of this head from the mesh's depth.

    Raises:
        FaceError: no face is found in the portrait, so its depth is unknown.
    """

    def __init__(self, portrait: Portrait, generator: np.random.Generator) -> None:
        face = FaceTracker()(portrait.image)
        if face is None:
            raise FaceError(
                "no face was found in a synthetic portrait, so its depth is unknown; "
                "draw another identity or a larger picture"
            )
        height, width = portrait.image.shape[:2]
        self._middle = portrait.points.mean(axis=0)
        depth = _own_depth(portrait, face.points[:, 2].astype(np.float64), generator)
        pivot = float(np.median(depth)) + _PIVOT * face_width(portrait.points)
        size = -(-width // _STEP), -(-height // _STEP)
        self._depth = cv2.resize(
            _surface(portrait, depth - pivot), size, interpolation=cv2.INTER_AREA
        )
        rows, columns = np.mgrid[: size[1], : size[0]].astype(np.float32)
        between = (_STEP - 1) / 2
        self._grid = np.stack([columns, rows], axis=-1) * _STEP + np.float32(between)

    def __call__(self, image: Image, direction: tuple[float, float], matrix: Matrix) -> Image:
        """The picture with the head rotated, then moved by a similarity.

        Args:
            image: the portrait, with any expression.
            direction: yaw and pitch, degrees.
            matrix: the similarity, pixels.
        """
        back = cv2.invertAffineTransform(matrix).astype(np.float32)
        target = self._grid @ back[:, :2].T + back[:, 2]
        source = target
        for _ in range(_ROUNDS):
            source = target - self._displacement(source, direction)
        whole = cv2.resize(source, image.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        x, y = cv2.split(whole)
        return np.asarray(cv2.remap(image, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE))

    def _displacement(
        self, places: Float32[ndarray, "rows columns 2"], direction: tuple[float, float]
    ) -> Float32[ndarray, "rows columns 2"]:
        """Displacement of `places` by the rotation, pixels."""
        at = (places - np.float32((_STEP - 1) / 2)) / _STEP
        depth = cv2.remap(
            self._depth, at, np.empty(0, np.float32), cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE
        )
        yaw, pitch = np.deg2rad(direction).astype(np.float32)
        x, y = np.moveaxis(places - self._middle.astype(np.float32), -1, 0)
        deeper = x * np.sin(yaw) + depth * np.cos(yaw)
        across = x * np.cos(yaw) - depth * np.sin(yaw)
        down = y * np.cos(pitch) + deeper * np.sin(pitch)
        return np.stack([across - x, down - y], axis=-1)


def _own_depth(
    portrait: Portrait, depth: Float64[ndarray, " 468"], generator: np.random.Generator
) -> Float64[ndarray, " 468"]:
    """The mesh's depth with a random scale and random bumps, pixels."""
    unit = face_width(portrait.points)
    own = depth * generator.uniform(*_SCALE)
    for middle in generator.choice(468, _BUMPS, replace=False):
        offsets = (portrait.points - portrait.points[middle]) / (_REACH * unit)
        bell = np.exp(-0.5 * (offsets**2).sum(axis=1))
        own += generator.normal(0, _BUMP * unit) * bell
    return own


def _surface(
    portrait: Portrait, depth: Float64[ndarray, " 468"]
) -> Float32[ndarray, "height width"]:
    """Depth at every pixel, extrapolated beyond the face."""
    height, width = portrait.image.shape[:2]
    side = max(height, width)
    hull = cv2.convexHull(portrait.points.astype(np.float32), returnPoints=False)[:, 0].astype(int)
    middle = portrait.points.mean(axis=0)
    around = middle + 3 * (portrait.points[hull] - middle)
    places = np.concatenate([portrait.points, around])
    values = np.concatenate([depth, depth[hull]])
    surface = interpolated(places, np.stack([values, values], axis=1), side)[..., 0]
    return cv2.GaussianBlur(surface, (0, 0), 0.02 * face_width(portrait.points))[:height, :width]
