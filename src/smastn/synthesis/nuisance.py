"""Everything in a film that is not an expression.

Blinks and gaze shifts are events. Head drift and light are smooth functions of time, so
any frame can be rendered without the earlier ones.
"""

from dataclasses import dataclass, fields, replace

import cv2
import numpy as np
from jaxtyping import Float32, Float64
from numpy import ndarray

from smastn.errors import ConfigError
from smastn.faces.alignment import Matrix
from smastn.media.frame_array import Image

MAINS = 100.3
"""Frequency of lamp flicker on 50 Hz mains, Hz; not a multiple of common frame rates."""

_CLOSING, _OPENING = (0.07, 0.11), (0.14, 0.24)
_SACCADE = 0.03
_WAVES = 4
_NOISE_MARGIN = 24


@dataclass(frozen=True, slots=True)
class Nuisance:
    """Strength of each disturbance; 0 disables it.

    Lengths are pixels of a 224-pixel crop, brightness is in grey levels of 255, and rates are
    events a second on average.

    Attributes:
        blinks: rate of blinks.
        gaze_shifts: rate of gaze shifts.
        gaze: standard deviation of the irises' position.
        drift: standard deviation of the head's position.
        roll: standard deviation of the head's in-plane rotation, degrees.
        zoom: standard deviation of the head's size, as a share.
        flicker: amplitude of lamp flicker, as a share of the light.
        light_drift: amplitude of slow changes of light, as a share.
        shot_noise: standard deviation of photon noise at full white.
        read_noise: standard deviation of sensor noise.
        head_turns: rate of out-of-plane head turns.
        max_yaw: largest yaw of a turn, degrees.
        speech: share of the time in which the face speaks.
        blinks_apart: drop blinks within a quarter of a second of a movement.
        jpeg_quality: quality of JPEG frames, 1 to 100.
    """

    blinks: float = 0.15
    gaze_shifts: float = 0.4
    gaze: float = 1.0
    drift: float = 0.8
    roll: float = 0.2
    zoom: float = 0.002
    flicker: float = 0.006
    light_drift: float = 0.006
    shot_noise: float = 2.0
    read_noise: float = 0.8
    head_turns: float = 0.0
    max_yaw: float = 15.0
    speech: float = 0.0
    blinks_apart: bool = False
    jpeg_quality: int = 92

    def __post_init__(self) -> None:
        for field in fields(self):
            if not (value := getattr(self, field.name)) >= 0:
                raise ConfigError(f"{field.name} is {value}; wanted 0 or more")
        if self.speech >= 1:
            raise ConfigError(f"speech is {self.speech}; wanted a share below 1, such as 0.2")
        if not 1 <= self.jpeg_quality <= 100:
            raise ConfigError(f"jpeg_quality is {self.jpeg_quality}; wanted 1 to 100")


NO_NUISANCE = replace(
    Nuisance(),
    **{field.name: 0.0 for field in fields(Nuisance) if field.type is float},
)
"""No disturbance."""


@dataclass(frozen=True, slots=True)
class Blink:
    """One blink of both eyes. Frames count from 0.

    Attributes:
        first: last open frame before it.
        closed: frame of the greatest closure.
        last: first open frame after it.
        depth: greatest closure, 0 to 1.
    """

    first: int
    closed: int
    last: int
    depth: float

    def closure(self, frame: int) -> float:
        """Closure of the eyes in a frame, 0 to 1."""
        if frame <= self.closed:
            share = (frame - self.first) / (self.closed - self.first)
        else:
            share = (self.last - frame) / (self.last - self.closed)
        return self.depth * float(np.sin(np.pi / 2 * np.clip(share, 0, 1)) ** 2)


@dataclass(frozen=True, slots=True)
class Gaze:
    """A direction of gaze from some time on.

    Attributes:
        time: start of the saccade, seconds.
        offset: x, y displacement of the irises, pixels of a 224-pixel crop.
    """

    time: float
    offset: tuple[float, float]


def draw_blinks(
    generator: np.random.Generator, nuisance: Nuisance, length: int, rate: float
) -> tuple[Blink, ...]:
    """Blinks at random times without overlap; all end within the film."""
    count = generator.poisson(nuisance.blinks * length / rate)
    blinks: list[Blink] = []
    for start in np.sort(generator.uniform(0, length, count)):
        first = int(start)
        closing, opening = generator.uniform(*_CLOSING), generator.uniform(*_OPENING)
        closed = first + max(2, round(closing * rate))
        last = closed + max(2, round(opening * rate))
        depth = float(generator.uniform(0.85, 1.0))
        if last < length and (not blinks or blinks[-1].last < first):
            blinks.append(Blink(first, closed, last, depth))
    return tuple(blinks)


def draw_gazes(
    generator: np.random.Generator, nuisance: Nuisance, seconds: float
) -> tuple[Gaze, ...]:
    """Gaze shifts at random times."""
    count = generator.poisson(nuisance.gaze_shifts * seconds)
    times = np.sort(generator.uniform(0, seconds, count))
    offsets = generator.normal(0, nuisance.gaze, (len(times), 2)) * (1.0, 0.5)
    return tuple(
        Gaze(float(time), (float(x), float(y))) for time, (x, y) in zip(times, offsets, strict=True)
    )


def gaze_at(gazes: tuple[Gaze, ...], time: float) -> tuple[float, float]:
    """Displacement of the irises at a time, pixels of a 224-pixel crop."""
    where = np.zeros(2)
    for gaze in gazes:
        share = np.clip((time - gaze.time) / _SACCADE, 0, 1)
        where = where + share * (np.array(gaze.offset) - where)
    return float(where[0]), float(where[1])


class Drift:
    """Slow changes of head position and light: sums of sines with random phase.

    Args:
        generator: draws frequencies and phases.
        nuisance: the amplitudes.
    """

    def __init__(self, generator: np.random.Generator, nuisance: Nuisance) -> None:
        self._nuisance = nuisance
        self._frequencies = generator.uniform(0.05, 0.6, (5, _WAVES))
        self._phases = generator.uniform(0, 2 * np.pi, (5, _WAVES))
        self._mains_phase = float(generator.uniform(0, 2 * np.pi))

    def _waves(self, time: float) -> Float64[ndarray, " 5"]:
        """Five signals of unit variance that are 0 at time 0."""
        angles = 2 * np.pi * self._frequencies * time + self._phases
        return (np.sin(angles) - np.sin(self._phases)).sum(1) / np.sqrt(_WAVES / 2)

    def head(self, time: float, centre: tuple[float, float], scale: float) -> Matrix:
        """Similarity of the picture at a time, pixels.

        Args:
            time: seconds.
            centre: x, y of the centre of rotation.
            scale: pixels of the picture in one pixel of a 224-pixel crop.
        """
        x, y, roll, zoom, _ = self._waves(time)
        strengths = self._nuisance
        size = 1 + strengths.zoom * zoom
        angle = np.deg2rad(strengths.roll * roll)
        cos, sin = size * np.cos(angle), size * np.sin(angle)
        rotation = np.array([[cos, -sin], [sin, cos]])
        shift = strengths.drift * scale * np.array([x, y])
        return np.column_stack([rotation, np.array(centre) - rotation @ np.array(centre) + shift])

    def light(self, time: float) -> float:
        """Gain of the picture's brightness at a time."""
        strengths = self._nuisance
        flicker = strengths.flicker * np.sin(2 * np.pi * MAINS * time + self._mains_phase)
        return float(1 + flicker + strengths.light_drift * self._waves(time)[4])


class Sensor:
    """Camera noise; photon noise follows the brightness of the scene.

    Args:
        scene: a picture of the scene.
        nuisance: the standard deviations.
        generator: draws one noise field; each frame uses a random crop of it.
    """

    def __init__(self, scene: Image, nuisance: Nuisance, generator: np.random.Generator) -> None:
        brightness = scene.astype(np.float32) / 255
        shot, read = nuisance.shot_noise, nuisance.read_noise
        self._spread: Float32[ndarray, "height width 3"] = np.sqrt(shot**2 * brightness + read**2)
        height, width = scene.shape[0] + _NOISE_MARGIN, scene.shape[1] + _NOISE_MARGIN
        self._noise = generator.standard_normal((height, width, 3), np.float32)
        self._silent = shot == 0 and read == 0

    def __call__(self, image: Image, light: float, generator: np.random.Generator) -> Image:
        """The picture with gain `light` and noise."""
        if self._silent and light == 1.0:
            return image
        top, left = generator.integers(_NOISE_MARGIN, size=2)
        flips = generator.integers(2, size=2) * 2 - 1
        noise = self._noise[top : top + image.shape[0], left : left + image.shape[1]]
        noisy = noise[:: flips[0], :: flips[1]] * self._spread
        noisy += np.float32(light) * image
        noisy += 0.5
        return np.clip(noisy, 0, 255, out=noisy).astype(np.uint8)


def moved(image: Image, matrix: Matrix) -> Image:
    """The picture under a similarity; border pixels repeat."""
    if np.array_equal(matrix, np.eye(2, 3)):
        return image
    size, border = image.shape[1::-1], cv2.BORDER_REPLICATE
    return np.asarray(cv2.warpAffine(image, matrix, size, flags=cv2.INTER_CUBIC, borderMode=border))
