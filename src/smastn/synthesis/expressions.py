"""Timing, action units and amplitude of synthetic micro-expressions.

Durations are 0.2 to 0.5 s. The units of each emotion follow the labelling criteria of a
corpus. Real combinations vary more, and no combination proves a feeling.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from smastn.corpora.facs import by_number, units_of
from smastn.errors import ConfigError
from smastn.synthesis.action_units import unit_and_sides
from smastn.synthesis.animated_face import AnimatedFace, Motion

UNIT_COMBINATIONS: dict[str, tuple[str, ...]] = {
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
"""Combinations of action units by emotion; repeats raise the probability of being drawn.

Most follow the criteria by which CASME II was labelled (Yan et al., 2014, table 2); the
last line of each emotion adds rare combinations that other corpora label so.
"""

EMOTIONS: tuple[str, ...] = tuple(UNIT_COMBINATIONS)

ASYMMETRY = 0.3
"""Standard deviation of the relative difference between the sides of the face."""

_STRENGTH, _MOST_ASYMMETRY = (0.5, 1.0), 0.85
_EXTRA_UNITS = ("1", "2", "4", "7", "14", "17")
_EXTRA_CHANCE, _EXTRA_STRENGTH = 0.2, (0.1, 0.3)
_DURATION, _LONG_DURATION = (0.2, 0.5), (0.5, 3.0)
_LONG_AMPLITUDE = (2.0, 12.0)
_LEAST_FRAMES = 6


@dataclass(frozen=True, slots=True)
class Event:
    """One facial movement. Frames count from 0.

    Attributes:
        onset: last neutral frame before the movement.
        apex: first frame of full strength.
        release: last frame of full strength.
        offset: first neutral frame after the movement.
        emotion: the label.
        action_units: such as ``("6", "L12")``.
        strengths: relative strength of each.
        amplitude: largest displacement of skin or lids at the apex, pixels of a 224-pixel crop.
        asymmetries: share by which each unit is stronger on the left and weaker on the right
            side; empty for a symmetric movement.
        steepness: exponents of the rise and the fall; 1 is a half cosine.
    """

    onset: int
    apex: int
    release: int
    offset: int
    emotion: str
    action_units: tuple[str, ...]
    strengths: tuple[float, ...]
    amplitude: float
    asymmetries: tuple[float, ...] = ()
    steepness: tuple[float, float] = (1.0, 1.0)

    def __post_init__(self) -> None:
        frames = (self.onset, self.apex, self.release, self.offset)
        if not 0 <= self.onset < self.apex <= self.release < self.offset:
            raise ConfigError(
                f"frames of a movement are {frames}; wanted onset < apex <= release < offset"
            )
        if len(self.strengths) != len(self.action_units) or not self.action_units:
            raise ConfigError(
                f"strengths of {self.action_units} are {self.strengths}; wanted one each"
            )
        if self.asymmetries and len(self.asymmetries) != len(self.action_units):
            raise ConfigError(
                f"asymmetries of {self.action_units} are {self.asymmetries}; wanted none or "
                "one each"
            )
        if self.amplitude < 0:
            raise ConfigError(f"amplitude is {self.amplitude} px; wanted 0 or more")
        for code in self.action_units:
            unit_and_sides(code)

    def activation(self, frame: int) -> float:
        """Share of the full movement in a frame, 0 to 1."""
        if frame <= self.apex:
            rise = (frame - self.onset) / (self.apex - self.onset)
            return half_cosine(rise) ** self.steepness[0]
        if frame <= self.release:
            return 1.0
        fall = (self.offset - frame) / (self.offset - self.release)
        return half_cosine(fall) ** self.steepness[1]

    def motion(self, face: AnimatedFace) -> Motion:
        """The motion of a face at full strength."""
        codes, strengths = split_by_side(self.action_units, self.strengths, self.asymmetries)
        return face.motion(codes, strengths, self.amplitude)


def draw_units(
    generator: np.random.Generator, emotion: str
) -> tuple[tuple[str, ...], tuple[float, ...], tuple[float, ...]]:
    """The units of one movement, their strengths and their asymmetries; see `Event`.

    Raises:
        ConfigError: `emotion` is not one of `EMOTIONS`.
    """
    if emotion not in UNIT_COMBINATIONS:
        raise ConfigError(f"emotion {emotion} has no action units; known are {', '.join(EMOTIONS)}")
    known = UNIT_COMBINATIONS[emotion]
    units = known[generator.integers(len(known))].split("+")
    strengths = list(generator.uniform(*_STRENGTH, len(units)))
    extra = _EXTRA_UNITS[generator.integers(len(_EXTRA_UNITS))]
    if generator.random() < _EXTRA_CHANCE and extra not in units_of(units):
        units, strengths = [*units, extra], [*strengths, generator.uniform(*_EXTRA_STRENGTH)]
    parts = sorted(zip(units, strengths, strict=True), key=lambda part: by_number(part[0]))
    most = _MOST_ASYMMETRY
    asymmetries = np.clip(generator.normal(0, ASYMMETRY, len(parts)), -most, most)
    return (
        tuple(code for code, _ in parts),
        tuple(float(strength) for _, strength in parts),
        tuple(asymmetries.tolist()),
    )


def split_by_side(
    units: Sequence[str], strengths: Sequence[float], asymmetries: Sequence[float]
) -> tuple[list[str], list[float]]:
    """Split each asymmetric unit into a left and a right one.

    Args:
        units: such as ``("6", "L12", "17")``; units of one side, or of both sides only, stay.
        strengths: one each.
        asymmetries: one each, or none.

    Returns:
        Units such as ``["L6", "R6", "L12", "17"]``, and the strength of each.
    """
    codes, shares = [], []
    asymmetries = asymmetries or [0.0] * len(units)
    for code, strength, asymmetry in zip(units, strengths, asymmetries, strict=True):
        unit, sides = unit_and_sides(code)
        if not asymmetry or not unit.one_sided or len(sides) == 1:
            codes, shares = [*codes, code], [*shares, strength]
            continue
        codes += [f"L{code}", f"R{code}"]
        shares += [strength * (1 + asymmetry), strength * (1 - asymmetry)]
    return codes, shares


def draw_event(
    generator: np.random.Generator, emotion: str, first: int, rate: float, amplitude: float
) -> Event:
    """Draw a micro-expression of 0.2 to 0.5 s.

    Args:
        generator: source of randomness.
        emotion: one of `EMOTIONS`.
        first: onset, frame number.
        rate: frames a second.
        amplitude: see `Event`.

    Raises:
        ConfigError: `emotion` is not one of `EMOTIONS`.
    """
    units, strengths, asymmetries = draw_units(generator, emotion)
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
        asymmetries=asymmetries,
        steepness=(float(generator.uniform(0.7, 1.4)), float(generator.uniform(0.7, 1.4))),
    )


def draw_long_event(generator: np.random.Generator, emotion: str, first: int, rate: float) -> Event:
    """Draw a macro-expression of 0.5 to 3 s and 2 to 12 px; for the arguments see `draw_event`."""
    low, high = np.log(_LONG_AMPLITUDE)
    drawn = draw_event(generator, emotion, first, rate, float(np.exp(generator.uniform(low, high))))
    low, high = np.log(_LONG_DURATION)
    length = max(_LEAST_FRAMES, round(float(np.exp(generator.uniform(low, high))) * rate))
    apex = max(2, round(length * float(generator.uniform(0.2, 0.5))))
    hold = min(length - apex - 2, round(length * float(generator.uniform(0.0, 0.4))))
    return replace(drawn, apex=first + apex, release=first + apex + hold, offset=first + length)


def half_cosine(share: float) -> float:
    """Half a cosine: rises from 0 to 1, flat at both ends."""
    return float(0.5 - 0.5 * np.cos(np.pi * np.clip(share, 0, 1)))
