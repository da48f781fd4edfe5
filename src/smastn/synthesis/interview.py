"""Long films of a conversation: somebody talks, looks aside, blinks, and shows something.

What spotting is measured on. The people are made up, the movements known, and the rest
is what makes long videos hard.
"""

from dataclasses import dataclass, replace

import numpy as np

from smastn.errors import ConfigError
from smastn.synthesis.animated_face import Puppet
from smastn.synthesis.expressions import EMOTIONS, Event, draw_event
from smastn.synthesis.identities import draw_person, portrait
from smastn.synthesis.nuisance import Nuisance
from smastn.synthesis.synthetic_film import Film

RESTLESS = Nuisance(
    blinks=0.25,
    gazes=0.4,
    gaze=1.5,
    drift=2.5,
    turn=0.75,
    approach=0.006,
    flicker=0.02,
    dimming=0.02,
    turns=0.12,
    widest=15.0,
    talking=0.2,
)
"""What disturbs an interview."""

_MACRO_SECONDS, _MACRO_PX = (0.7, 3.5), (3.0, 7.0)
_MARGIN = 1.0  # s


@dataclass(frozen=True, slots=True)
class Interview:
    """What happens in a long film.

    Attributes:
        rate: frames a second.
        seconds: length.
        micro: how many micro-expressions.
        micro_px: their peak movement, pixels of a 224-pixel crop.
        macro: how many longer expressions, of 3 to 7 pixels.
        nuisance: all that is no expression.
    """

    rate: float = 30.0
    seconds: float = 120.0
    micro: int = 10
    micro_px: float = 1.5
    macro: int = 3
    nuisance: Nuisance = RESTLESS

    def __post_init__(self) -> None:
        if (self.micro + self.macro) * (_MACRO_SECONDS[1] + _MARGIN) > 2 * self.seconds:
            raise ConfigError(
                f"{self.micro + self.macro} expressions do not fit into {self.seconds} s; wanted "
                "fewer, or a longer film"
            )


def interview(seed: int, wanted: Interview | None = None) -> Film:
    """A film of 288 by 288 pixels in which a face is some 200 pixels wide.

    Another seed is another person and other movements; the same seed at another frame
    rate, amplitude or disturbance is the same person, and movements of the same kinds.

    Raises:
        AssetError: the face models could not be had.
    """
    wanted = wanted or Interview()
    people, moments = np.random.default_rng([seed, 6]), np.random.default_rng([seed, 7])
    puppet = Puppet(portrait(draw_person(people)))
    events = _drawn_events(moments, wanted)
    timing = wanted.rate, round(wanted.seconds * wanted.rate)
    return Film(puppet, events, timing, wanted.nuisance, seed)


def _drawn_events(generator: np.random.Generator, wanted: Interview) -> tuple[Event, ...]:
    """All expressions, in random order at random times, at least a second apart."""
    micro = generator.permutation(wanted.micro + wanted.macro) < wanted.micro
    lengths = np.where(micro, 0.5, generator.uniform(*_MACRO_SECONDS, len(micro)))
    free = wanted.seconds - _MARGIN * (len(micro) + 1) - lengths.sum()
    pauses = np.diff(np.sort(generator.uniform(0, free, len(micro))), prepend=0.0)
    events, time = [], 0.0
    for number, (short, length, pause) in enumerate(zip(micro, lengths, pauses, strict=True)):
        time += _MARGIN + float(pause)
        emotion, first = EMOTIONS[number % len(EMOTIONS)], round(time * wanted.rate)
        px = wanted.micro_px if short else float(generator.uniform(*_MACRO_PX))
        event = draw_event(generator, emotion, first, wanted.rate, px)
        events.append(event if short else _prolonged(generator, event, length * wanted.rate))
        time += float(length)
    return tuple(events)


def _prolonged(generator: np.random.Generator, event: Event, frames: float) -> Event:
    """The same expression shown for longer: it comes, stays and goes."""
    coming = max(2, round(frames * float(generator.uniform(0.2, 0.35))))
    going = max(2, round(frames * float(generator.uniform(0.25, 0.4))))
    last = event.onset + max(round(frames), coming + going + 1)
    return replace(event, apex=event.onset + coming, release=last - going, offset=last)
