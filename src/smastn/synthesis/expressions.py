"""When a face moves, which units take part, and how far.

Durations are those of micro-expressions, a fifth to half a second. Which units go
together under which emotion follows the criteria of a corpus; real people mix them
more, and a combination proves no feeling.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from smastn.errors import ConfigError
from smastn.synthesis.action_units import unit_and_sides
from smastn.synthesis.animated_face import Motion, Puppet

Emotion = Literal["negative", "positive", "surprise"]

RECIPES: dict[str, tuple[str, ...]] = {
    "positive": (
        *("12", "12", "6+12", "6+12", "6", "L12", "R12", "6+L12", "6+R12", "12+25", "6+7+12"),
    ),
    "surprise": (
        *("1+2", "1+2", "1+2", "2", "L2", "R2", "1+2+5", "1+2+5", "L1+L2", "R1+R2"),
        *("1+2+25", "1+2+5+26", "1+2+26", "25"),
    ),
    "negative": (
        *("4", "4", "4", "4+7", "4+7", "4+7", "L4", "R4", "7", "4+5+7"),
        *("9", "4+9", "10", "4+10", "L10", "R10", "4+7+9"),  # disgust
        *("15", "17", "15+17", "4+15", "4+17", "1+4"),  # sadness, holding back
        *("L14", "R14", "24", "17+24", "20", "1+4+20", "4+7+23"),  # contempt, pressed lips, fear
    ),
}
"""Action units that make up each emotion; one that is written twice is drawn twice as often.

The weight is on the criteria by which CASME II was labelled (Yan et al., 2014, table 2);
the last line of each emotion holds thinly what other corpora count under it.
"""

EMOTIONS: tuple[str, ...] = tuple(RECIPES)

ASYMMETRY = 0.3
"""Standard deviation of what one side of the face does more than the other, as a share."""

_STRENGTH, _MOST_LEAN = (0.5, 1.0), 0.85
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
        leans: how much more of each unit the left side of the face does, and the right one
            less, as a share; empty where no side does more.
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
    leans: tuple[float, ...] = ()
    steepness: tuple[float, float] = (1.0, 1.0)

    def __post_init__(self) -> None:
        frames = (self.onset, self.apex, self.release, self.offset)
        if not 0 <= self.onset < self.apex <= self.release < self.offset:
            raise ConfigError(f"a movement runs onset < apex <= release < offset, not {frames}")
        if len(self.strengths) != len(self.action_units) or not self.action_units:
            raise ConfigError(f"{self.action_units} need one strength each, not {self.strengths}")
        if self.leans and len(self.leans) != len(self.action_units):
            raise ConfigError(f"{self.action_units} need one lean each or none, not {self.leans}")
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
        codes, strengths = by_side(self.action_units, self.strengths, self.leans)
        return puppet.motion(codes, strengths, self.amplitude)


def draw_units(
    generator: np.random.Generator, emotion: str, asymmetry: float
) -> tuple[tuple[str, ...], tuple[float, ...], tuple[float, ...]]:
    """The units of one movement, their strengths and their leans; see `Event`.

    Args:
        generator: where chance comes from.
        emotion: one of `EMOTIONS`.
        asymmetry: standard deviation of the leans.

    Raises:
        ConfigError: the emotion has no recipe.
    """
    if emotion not in RECIPES:
        raise ConfigError(f"no movement is known for {emotion}; known are {', '.join(EMOTIONS)}")
    recipe = RECIPES[emotion][generator.integers(len(RECIPES[emotion]))].split("+")
    strengths = list(generator.uniform(*_STRENGTH, len(recipe)))
    extra = _EXTRA_UNITS[generator.integers(len(_EXTRA_UNITS))]
    if generator.random() < _EXTRA_CHANCE and extra not in {code.lstrip("LR") for code in recipe}:
        recipe, strengths = [*recipe, extra], [*strengths, generator.uniform(*_EXTRA_STRENGTH)]
    parts = sorted(zip(recipe, strengths, strict=True), key=lambda part: int(part[0].lstrip("LR")))
    leans = np.clip(generator.normal(0, asymmetry, len(parts)), -_MOST_LEAN, _MOST_LEAN)
    return (
        tuple(code for code, _ in parts),
        tuple(float(strength) for _, strength in parts),
        tuple(leans.tolist()),
    )


def by_side(
    units: Sequence[str], strengths: Sequence[float], leans: Sequence[float]
) -> tuple[list[str], list[float]]:
    """A unit that leans as one for each side; one-sided ones and those of both sides at once stay.

    Args:
        units: such as ``("6", "L12", "17")``.
        strengths: one each.
        leans: one each, or none.

    Returns:
        Units such as ``["L6", "R6", "L12", "17"]``, and the strength of each.
    """
    codes, shares = [], []
    for code, strength, lean in zip(units, strengths, leans or [0.0] * len(units), strict=True):
        unit, sides = unit_and_sides(code)
        if not lean or not unit.one_sided or len(sides) == 1:
            codes, shares = [*codes, code], [*shares, strength]
            continue
        codes += [f"L{code}", f"R{code}"]
        shares += [strength * (1 + lean), strength * (1 - lean)]
    return codes, shares


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
    units, strengths, leans = draw_units(generator, emotion, ASYMMETRY)
    length = max(_LEAST_FRAMES, round(float(generator.uniform(*_DURATION)) * rate))
    apex = max(2, round(length * float(generator.uniform(0.25, 0.5))))
    hold = min(length - apex - 2, round(length * float(generator.uniform(0.0, 0.15))))
    return Event(
        onset=first,
        apex=first + apex,
        release=first + apex + hold,
        offset=first + length,
        emotion=emotion,
        action_units=units,
        strengths=strengths,
        amplitude=amplitude,
        leans=leans,
        steepness=(float(generator.uniform(0.7, 1.4)), float(generator.uniform(0.7, 1.4))),
    )


def half_cosine(share: float) -> float:
    """Half a cosine from 0 to 1, flat at both ends."""
    return float(0.5 - 0.5 * np.cos(np.pi * np.clip(share, 0, 1)))
