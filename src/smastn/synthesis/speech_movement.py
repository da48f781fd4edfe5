"""Speech movement: lips and jaw open a few times a second, and the head nods.

No words are modelled. Like an expression, a syllable moves the lower face and returns within
a fraction of a second, so speech disturbs spotting.
"""

from dataclasses import dataclass

import numpy as np

from smastn.synthesis.animated_face import AnimatedFace, Motion

_STRETCH = (2.0, 7.0)
_SYLLABLES = (3.0, 5.5)
_BREADTH = (0.045, 0.08)
_GESTURES = ((("25", "26"), 5.0), (("20",), 1.5), (("23",), 1.5))
"""Action units of each gesture of a syllable, and its peak, pixels of a 224-pixel crop."""

_NOD_CHANCE, _NOD, _NOD_BREADTH = 0.3, 1.2, 0.15


@dataclass(frozen=True, slots=True)
class Syllable:
    """One opening of the mouth, with a Gaussian time course.

    Attributes:
        time: its peak, seconds.
        breadth: standard deviation of the time course, seconds.
        gestures: strength of each gesture, 0 to 1: opening, spreading and pursing of the lips.
        nod: pitch of the head at the peak, degrees.
    """

    time: float
    breadth: float
    gestures: tuple[float, ...]
    nod: float


def draw_speech(
    generator: np.random.Generator, share: float, seconds: float
) -> tuple[Syllable, ...]:
    """Syllables, in order of time, in stretches that fill about `share` of `seconds`."""
    syllables: list[Syllable] = []
    time = 0.0
    while share > 0:
        stretch = generator.uniform(*_STRETCH)
        time += float(generator.exponential(stretch * (1 - share) / share))
        end = time + stretch
        if end >= seconds:
            break
        while time < end:
            syllables.append(_syllable(generator, time))
            time += 1 / float(generator.uniform(*_SYLLABLES))
    return tuple(syllables)


def _syllable(generator: np.random.Generator, time: float) -> Syllable:
    opening = float(generator.uniform(0.25, 1.0))
    spread, purse = generator.uniform(0, 1, 2) * (generator.random(2) < 0.35)
    nods = generator.random() < _NOD_CHANCE
    nod = float(generator.normal(0, _NOD)) if nods else 0.0
    breadth = float(generator.uniform(*_BREADTH))
    return Syllable(time, breadth, (opening, float(spread), float(purse)), nod)


class Speech:
    """The motions of one face while it speaks.

    Args:
        face: the speaking face.
        syllables: at least one.
    """

    def __init__(self, face: AnimatedFace, syllables: tuple[Syllable, ...]) -> None:
        self._times = np.array([one.time for one in syllables])
        self._breadths = np.array([one.breadth for one in syllables])
        self._shares = np.array([one.gestures for one in syllables])
        self._nods = np.array([one.nod for one in syllables])
        self._motions = [
            face.motion(units, [1.0] * len(units), amplitude) for units, amplitude in _GESTURES
        ]

    def moving(self, time: float) -> list[tuple[Motion, float]]:
        """The motion of each active gesture, and its strength."""
        bell = np.exp(-0.5 * ((time - self._times) / self._breadths) ** 2)
        shares = np.where(bell > 0.01, bell, 0) @ self._shares
        return [
            (motion, float(share))
            for motion, share in zip(self._motions, shares, strict=True)
            if share > 0.01
        ]

    def nod(self, time: float) -> float:
        """Pitch of the head, degrees."""
        bell = np.exp(-0.5 * ((time - self._times) / _NOD_BREADTH) ** 2)
        return float(bell @ self._nods)
