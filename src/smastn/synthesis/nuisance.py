"""Everything in a film that is not a micro-expression.

Blinks and gaze are events of their own; head drift and light are smooth
functions of time, so that any frame can be made without those before it.
"""

from dataclasses import dataclass, fields, replace

import cv2
import numpy as np
from jaxtyping import Float32, Float64, UInt8
from numpy import ndarray

from smastn.errors import ConfigError

MAINS = 100.3
"""Flicker of lamps on 50 Hz mains, light pulses a second; never quite in step with a camera."""

_CLOSING, _OPENING = (0.07, 0.11), (0.14, 0.24)
_SACCADE = 0.03
_WAVES = 4
_NOISE_MARGIN = 24


@dataclass(frozen=True, slots=True)
class Nuisance:
    """How strong each disturbance is; 0 takes it away.

    Lengths are in pixels of a 224-pixel crop, brightness in grey levels of 255.

    Attributes:
        blinks: blinks a second, on average.
        gazes: shifts of gaze a second, on average.
        gaze: standard deviation of where the irises go.
        drift: standard deviation of the head's position.
        turn: standard deviation of its roll, degrees.
        approach: standard deviation of its size, as a share.
        flicker: amplitude of the lamps' flicker, as a share of the light.
        dimming: amplitude of slow changes of light, as a share.
        shot_noise: standard deviation of photon noise at full white.
        read_noise: standard deviation of sensor noise everywhere.
        turns: turns of the head out of the picture's plane a second, on average.
        widest: how far they go at most, degrees.
        talking: share of the time in which somebody talks.
        blinks_apart: leave out the blinks that would meet a movement.
        jpeg_quality: of frames written as JPEG, 1 to 100.
    """

    blinks: float = 0.15
    gazes: float = 0.4
    gaze: float = 1.0
    drift: float = 0.8
    turn: float = 0.2
    approach: float = 0.002
    flicker: float = 0.006
    dimming: float = 0.006
    shot_noise: float = 2.0
    read_noise: float = 0.8
    turns: float = 0.0
    widest: float = 15.0
    talking: float = 0.0
    blinks_apart: bool = False
    jpeg_quality: int = 92

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) < 0:
                value = getattr(self, field.name)
                raise ConfigError(f"{field.name} is {value}; wanted 0 or more")
        if self.talking >= 1:
            raise ConfigError(f"talking is {self.talking}; wanted a share below 1, such as 0.2")
        if not 1 <= self.jpeg_quality <= 100:
            raise ConfigError(f"jpeg_quality is {self.jpeg_quality}; wanted 1 to 100")


STILL = replace(
    Nuisance(),
    **{field.name: 0.0 for field in fields(Nuisance) if field.type is float},
)
"""No disturbance at all."""


@dataclass(frozen=True, slots=True)
class Blink:
    """One blink of both eyes; frames count from 0, `first` and `last` are still open.

    Attributes:
        first: last open frame before it.
        shut: frame in which the lids are closest.
        last: first open frame after it.
        depth: how far they close, 1 entirely.
    """

    first: int
    shut: int
    last: int
    depth: float

    def closure(self, frame: int) -> float:
        """How far the eyes are shut in a frame, 0 to 1."""
        if frame <= self.shut:
            share = (frame - self.first) / (self.shut - self.first)
        else:
            share = (self.last - frame) / (self.last - self.shut)
        return self.depth * float(np.sin(np.pi / 2 * np.clip(share, 0, 1)) ** 2)


@dataclass(frozen=True, slots=True)
class Gaze:
    """Where the eyes look from some time on.

    Attributes:
        time: when they go there, seconds.
        offset: x, y of the irises against the portrait, pixels of a 224-pixel crop.
    """

    time: float
    offset: tuple[float, float]


def draw_blinks(
    generator: np.random.Generator, nuisance: Nuisance, length: int, rate: float
) -> tuple[Blink, ...]:
    """Blinks at random times of a film, one after another, all inside it."""
    count = generator.poisson(nuisance.blinks * length / rate)
    blinks: list[Blink] = []
    for start in np.sort(generator.uniform(0, length, count)):
        first = int(start)
        closing, opening = generator.uniform(*_CLOSING), generator.uniform(*_OPENING)
        shut = first + max(2, round(closing * rate))
        last = shut + max(2, round(opening * rate))
        depth = float(generator.uniform(0.85, 1.0))
        if last < length and (not blinks or blinks[-1].last < first):
            blinks.append(Blink(first, shut, last, depth))
    return tuple(blinks)


def draw_gazes(
    generator: np.random.Generator, nuisance: Nuisance, seconds: float
) -> tuple[Gaze, ...]:
    """Shifts of gaze at random times."""
    times = np.sort(generator.uniform(0, seconds, generator.poisson(nuisance.gazes * seconds)))
    offsets = generator.normal(0, nuisance.gaze, (len(times), 2)) * (1.0, 0.5)
    return tuple(
        Gaze(float(time), (float(x), float(y))) for time, (x, y) in zip(times, offsets, strict=True)
    )


def gaze_at(gazes: tuple[Gaze, ...], time: float) -> tuple[float, float]:
    """Offset of the irises at a time; a saccade takes three hundredths of a second."""
    where = np.zeros(2)
    for gaze in gazes:
        share = np.clip((time - gaze.time) / _SACCADE, 0, 1)
        where = where + share * (np.array(gaze.offset) - where)
    return float(where[0]), float(where[1])


class Drift:
    """The head's slow movement and the light's: a few sines each of random phase.

    Args:
        generator: draws frequencies and phases.
        nuisance: the strengths.
    """

    def __init__(self, generator: np.random.Generator, nuisance: Nuisance) -> None:
        self._nuisance = nuisance
        self._frequencies = generator.uniform(0.05, 0.6, (5, _WAVES))
        self._phases = generator.uniform(0, 2 * np.pi, (5, _WAVES))
        self._mains_phase = float(generator.uniform(0, 2 * np.pi))

    def _waves(self, time: float) -> Float64[ndarray, " 5"]:
        """Five slow signals of unit variance that start at 0."""
        angles = 2 * np.pi * self._frequencies * time + self._phases
        return (np.sin(angles) - np.sin(self._phases)).sum(1) / np.sqrt(_WAVES / 2)

    def head(
        self, time: float, centre: tuple[float, float], scale: float
    ) -> Float64[ndarray, "2 3"]:
        """Similarity from where things are at rest to where they are at a time, pixels.

        Args:
            time: seconds.
            centre: x, y about which the head turns.
            scale: pixels of the picture in a pixel of a 224-pixel crop.
        """
        x, y, turn, approach, _ = self._waves(time)
        strengths = self._nuisance
        size = 1 + strengths.approach * approach
        angle = np.deg2rad(strengths.turn * turn)
        cos, sin = size * np.cos(angle), size * np.sin(angle)
        rotation = np.array([[cos, -sin], [sin, cos]])
        shift = strengths.drift * scale * np.array([x, y])
        return np.column_stack([rotation, np.array(centre) - rotation @ np.array(centre) + shift])

    def light(self, time: float) -> float:
        """What the picture's brightness is multiplied by at a time."""
        strengths = self._nuisance
        flicker = strengths.flicker * np.sin(2 * np.pi * MAINS * time + self._mains_phase)
        return float(1 + flicker + strengths.dimming * self._waves(time)[4])


class Sensor:
    """Noise of a camera that has looked at one scene: photon noise follows its brightness.

    Args:
        scene: a picture of it.
        nuisance: the strengths.
        generator: draws one large field of noise, from which every frame takes a piece.
    """

    def __init__(
        self,
        scene: UInt8[ndarray, "height width 3"],
        nuisance: Nuisance,
        generator: np.random.Generator,
    ) -> None:
        brightness = scene.astype(np.float32) / 255
        shot, read = nuisance.shot_noise, nuisance.read_noise
        self._spread: Float32[ndarray, "height width 3"] = np.sqrt(shot**2 * brightness + read**2)
        height, width = scene.shape[0] + _NOISE_MARGIN, scene.shape[1] + _NOISE_MARGIN
        self._noise = generator.standard_normal((height, width, 3), np.float32)
        self._silent = shot == 0 and read == 0

    def __call__(
        self, image: UInt8[ndarray, "height width 3"], light: float, generator: np.random.Generator
    ) -> UInt8[ndarray, "height width 3"]:
        """The picture as the camera records it under `light`."""
        if self._silent and light == 1.0:
            return image
        top, left = generator.integers(_NOISE_MARGIN, size=2)
        flips = generator.integers(2, size=2) * 2 - 1
        noise = self._noise[top : top + image.shape[0], left : left + image.shape[1]]
        noisy = noise[:: flips[0], :: flips[1]] * self._spread
        noisy += np.float32(light) * image
        noisy += 0.5
        return np.clip(noisy, 0, 255, out=noisy).astype(np.uint8)


def moved(
    image: UInt8[ndarray, "height width 3"], matrix: Float64[ndarray, "2 3"]
) -> UInt8[ndarray, "height width 3"]:
    """The picture under a similarity; at the border its last pixels repeat."""
    if np.array_equal(matrix, np.eye(2, 3)):
        return image
    size, border = image.shape[1::-1], cv2.BORDER_REPLICATE
    return np.asarray(cv2.warpAffine(image, matrix, size, flags=cv2.INTER_CUBIC, borderMode=border))
