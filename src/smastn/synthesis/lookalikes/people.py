"""Paints the takes of a made-up corpus with people who do not exist.

Before its onset and after its offset a take stands still, so trees that hold
more than the movement show a quiet face there.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import UInt8
from numpy import ndarray

from smastn.data.spelling import action_units
from smastn.synthesis.faces import draw_person, portrait
from smastn.synthesis.film import Film
from smastn.synthesis.lookalikes.takes import Paint, Take
from smastn.synthesis.movement import Event
from smastn.synthesis.nuisance import Nuisance
from smastn.synthesis.puppet import Puppet

_LEAD = 2
_AMPLITUDE = 2.0  # pixels of a 224-pixel crop: small, and visible in a look-alike
_CALM = Nuisance(blinks=0.0)


def people_paint(seed: int, size: int = 288, nuisance: Nuisance = _CALM) -> Paint:
    """A paint for made-up corpora: the same person looks the same in all takes.

    Args:
        seed: other seeds, other people.
        size: side of the pictures, pixels.
        nuisance: what disturbs the films.
    """
    studio = _Studio(seed, size, nuisance)
    return studio.frame


class _Studio:
    """Puppets made so far, and the frames of the last take."""

    def __init__(self, seed: int, size: int, nuisance: Nuisance) -> None:
        self.seed, self.size, self.nuisance = seed, size, nuisance
        self.puppets: dict[int, Puppet] = {}
        self.take: Take | None = None
        self.frames: Sequence[UInt8[ndarray, "height width 3"]] = ()

    def frame(self, take: Take, number: int) -> UInt8[ndarray, "height width 3"]:
        """The picture of frame `number` of a take."""
        if take != self.take:
            self.take, self.frames = take, list(self.film(take))
        place = number - take.onset + _LEAD
        return self.frames[min(max(place, 0), len(self.frames) - 1)]

    def film(self, take: Take) -> Film:
        """The film of a take: still, the movement, still."""
        if take.person not in self.puppets:
            person = draw_person(np.random.default_rng([self.seed, take.person]))
            self.puppets[take.person] = Puppet(portrait(person, self.size))
        length = len(take.frames)
        apex = take.onset + length // 2 if take.apex is None else take.apex
        peak = min(max(apex - take.onset, 1), length - 2)
        units = action_units(take.units) or ("4",)
        event = Event(
            onset=_LEAD,
            apex=_LEAD + peak,
            release=_LEAD + peak,
            offset=_LEAD + length - 1,
            emotion=take.emotion,
            action_units=units,
            strengths=(1.0,) * len(units),
            amplitude=_AMPLITUDE,
        )
        timing = 200.0, length + 2 * _LEAD
        return Film(self.puppets[take.person], (event,), timing, self.nuisance, take.onset)
