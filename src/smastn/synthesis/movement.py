"""When a face moves, which units take part, and how far.

Durations are those of micro-expressions, a fifth to half a second. Which units
go together under which emotion is our own choice in the manner of EMFACS; real
people mix them more, and a combination proves no feeling.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from smastn.errors import ConfigError
from smastn.synthesis.action_units import unit_and_sides
from smastn.synthesis.puppet import Motion, Puppet

Emotion = Literal["negative", "positive", "surprise"]

RECIPES: dict[str, tuple[str, ...]] = {
    "positive": (
        *("6+12", "6+12", "12", "12", "L12", "R12", "12+25", "6+12+25", "6+L12", "6+R12"),
        *("7+12", "6+7+12"),
    ),
    "surprise": (
        *("1+2", "1+2", "1+2+5", "1+2+5", "1+2+25", "1+2+5+26", "1+2+5+25", "1+2+26"),
        *("2", "5+25", "5+26", "L2", "R2", "L1+L2", "R1+R2", "2+5"),
    ),
    "negative": (
        *("4", "4", "4+7", "4+5+7+23", "7+23", "17+23", "24", "4+24"),  # anger, holding back
        *("9", "9+17", "10", "L10", "R10", "4+9", "10+17"),  # disgust
        *("1+4", "1+4+15", "15", "15+17", "4+15"),  # sadness
        *("20", "20+25", "1+4+20", "4+20"),  # fear
        *("L14", "R14", "14", "L14+17"),  # contempt
    ),
}
"""Action units that make up each emotion; one that is written twice is drawn twice as often."""

EMOTIONS: tuple[str, ...] = tuple(RECIPES)

_EXTRA_UNITS = ("1", "2", "4", "7", "14", "17")
_EXTRA_CHANCE, _EXTRA_STRENGTH = 0.2, (0.1, 0.3)
_DURATION = (0.2, 0.5)
_LEAST_FRAMES = 6


@dataclass(frozen=True, slots=True)
class Event:
    """One micro-movement, known exactly because it was made.

    Frames count from 0; onset and offset, both inclusive, are the last still
    frame before the movement and the first after it.

    Attributes:
        onset: frame at which the movement begins.
        apex: first frame of full strength.
        release: last frame of full strength.
        offset: frame at which the face is as before.
        emotion: the label.
        action_units: units that take part, such as ``("6", "L12")``.
        strengths: how strong each is against the others.
        amplitude: longest way of any point of the skin or lids at the apex, in
            pixels of a crop 224 pixels wide.
        steepness: exponents of the rise and the fall, 1 the smoothest.
    """

    onset: int
    apex: int
    release: int
    offset: int
    emotion: str
    action_units: tuple[str, ...]
    strengths: tuple[float, ...]
    amplitude: float
    steepness: tuple[float, float] = (1.0, 1.0)

    def __post_init__(self) -> None:
        frames = (self.onset, self.apex, self.release, self.offset)
        if not 0 <= self.onset < self.apex <= self.release < self.offset:
            raise ConfigError(f"a movement runs onset < apex <= release < offset, not {frames}")
        if len(self.strengths) != len(self.action_units) or not self.action_units:
            raise ConfigError(f"{self.action_units} need one strength each, not {self.strengths}")
        if self.amplitude < 0:
            raise ConfigError(f"amplitude is {self.amplitude} px; wanted 0 or more")
        for code in self.action_units:
            unit_and_sides(code)

    def activation(self, frame: int) -> float:
        """Share of the full movement in a frame: 0 until onset, 1 at the apex, 0 from offset on."""
        if frame <= self.apex:
            rise = (frame - self.onset) / (self.apex - self.onset)
            return half_cosine(rise) ** self.steepness[0]
        if frame <= self.release:
            return 1.0
        fall = (self.offset - frame) / (self.offset - self.release)
        return half_cosine(fall) ** self.steepness[1]

    def activations(self, frames: int) -> Float64[ndarray, " frames"]:
        """The activation in frames 0 to `frames` - 1."""
        return np.array([self.activation(frame) for frame in range(frames)])

    def motion(self, puppet: Puppet) -> Motion:
        """What it does to a portrait at full strength."""
        return puppet.motion(self.action_units, self.strengths, self.amplitude)


def draw_event(
    generator: np.random.Generator, emotion: str, first: int, rate: float, amplitude: float
) -> Event:
    """One micro-movement of an emotion, drawn.

    Args:
        generator: where chance comes from.
        emotion: one of `EMOTIONS`.
        first: its onset, a frame.
        rate: frames a second, which turns its drawn duration of 0.2 to 0.5 s into frames.
        amplitude: pixels at 224.

    Raises:
        ConfigError: the emotion has no recipe.
    """
    if emotion not in RECIPES:
        raise ConfigError(f"no movement is known for {emotion}; known are {', '.join(EMOTIONS)}")
    recipe = RECIPES[emotion][generator.integers(len(RECIPES[emotion]))].split("+")
    strengths = list(generator.uniform(0.6, 1.0, len(recipe)))
    extra = _EXTRA_UNITS[generator.integers(len(_EXTRA_UNITS))]
    if generator.random() < _EXTRA_CHANCE and extra not in {code.lstrip("LR") for code in recipe}:
        recipe, strengths = [*recipe, extra], [*strengths, generator.uniform(*_EXTRA_STRENGTH)]
    parts = sorted(zip(recipe, strengths, strict=True), key=lambda part: int(part[0].lstrip("LR")))
    length = max(_LEAST_FRAMES, round(float(generator.uniform(*_DURATION)) * rate))
    apex = max(2, round(length * float(generator.uniform(0.25, 0.5))))
    hold = min(length - apex - 2, round(length * float(generator.uniform(0.0, 0.15))))
    return Event(
        onset=first,
        apex=first + apex,
        release=first + apex + hold,
        offset=first + length,
        emotion=emotion,
        action_units=tuple(code for code, _ in parts),
        strengths=tuple(float(strength) for _, strength in parts),
        amplitude=amplitude,
        steepness=(float(generator.uniform(0.7, 1.4)), float(generator.uniform(0.7, 1.4))),
    )


def half_cosine(share: float) -> float:
    """Half a cosine from 0 to 1, flat at both ends."""
    return float(0.5 - 0.5 * np.cos(np.pi * np.clip(share, 0, 1)))
