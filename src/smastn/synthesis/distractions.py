"""What a face does without showing an expression: rest, speech, chewing, turns, blinks, gaze.

A network that has only seen expressions takes each of these for one. Clips of them are training
examples of "no expression".
"""

from dataclasses import dataclass, replace

import numpy as np

from smastn.synthesis.animated_face import AnimatedFace, Motion
from smastn.synthesis.nuisance import Nuisance

KINDS = ("rest", "speech", "chewing", "head turn", "blinks and gaze")

_SPEECH = ((("25", "26"), (1.5, 5.0)), (("20",), (0.5, 1.5)), (("23",), (0.5, 1.5)))
_CHEWING = ((("26",), (1.5, 4.0)), (("17", "24"), (0.5, 1.5)))
"""Gestures in turn: units, and least and greatest peak, pixels of a 224-pixel crop."""

_SYLLABLES, _BITES = (3.0, 5.5), (1.0, 1.8)  # a second
_BREADTH = 0.6
"""Length of a gesture, as a share of the time from one to the next, so that they run together."""


@dataclass(frozen=True, slots=True)
class Gesture:
    """One opening, spreading or closing of the mouth. Frames count from 0.

    Attributes:
        onset: last frame before it.
        offset: first frame after it.
        action_units: such as ``("25", "26")``.
        amplitude: peak displacement, pixels of a 224-pixel crop.
    """

    onset: int
    offset: int
    action_units: tuple[str, ...]
    amplitude: float

    def activation(self, frame: int) -> float:
        """Share of the full movement in a frame, 0 to 1."""
        share = np.clip((frame - self.onset) / (self.offset - self.onset), 0, 1)
        return float(np.sin(np.pi * share) ** 2)

    def motion(self, face: AnimatedFace) -> Motion:
        """The motion of a face at full strength."""
        return face.motion(self.action_units, [1.0] * len(self.action_units), self.amplitude)


def draw_distraction(
    generator: np.random.Generator, kind: str, nuisance: Nuisance, timing: tuple[float, int]
) -> tuple[tuple[Gesture, ...], Nuisance]:
    """The movements of the mouth in a clip without expression, and its disturbances.

    Args:
        generator: source of randomness.
        kind: one of `KINDS`.
        nuisance: disturbances of clips with an expression.
        timing: frames a second, and number of frames.
    """
    seconds = timing[1] / timing[0]
    if kind == "speech":
        return _gestures(generator, _SPEECH, _SYLLABLES, timing), nuisance
    if kind == "chewing":
        return _gestures(generator, _CHEWING, _BITES, timing), nuisance
    if kind == "head turn":
        return (), replace(nuisance, head_turns=max(2.0, 2 / seconds), drift=3 * nuisance.drift)
    if kind == "blinks and gaze":
        return (), replace(nuisance, blinks=2 / seconds, gaze_shifts=3 / seconds, gaze=2.0)
    return (), nuisance


def _gestures(
    generator: np.random.Generator,
    known: tuple[tuple[tuple[str, ...], tuple[float, float]], ...],
    rates: tuple[float, float],
    timing: tuple[float, int],
) -> tuple[Gesture, ...]:
    """Gestures one after the other, which overlap; most are of the first kind."""
    rate, length = timing
    drawn: list[Gesture] = []
    at = 0.0
    while True:
        step = rate / float(generator.uniform(*rates))
        onset, offset = round(at), round(at + 2 * _BREADTH * step)
        if offset >= length:
            break
        first = 0 if generator.random() < 0.7 else int(generator.integers(len(known)))
        units, peak = known[first]
        if offset > onset + 1:
            drawn.append(Gesture(onset, offset, units, float(generator.uniform(*peak))))
        at += step
    if not drawn:  # the clip is shorter than one gesture
        units, peak = known[0]
        drawn.append(Gesture(0, length - 1, units, float(generator.uniform(*peak))))
    return tuple(drawn)
