"""Long synthetic interview films with known expressions, to score spotting on.

The face speaks, blinks, looks aside and turns; these disturbances make long videos hard.
"""

from dataclasses import dataclass, replace

import numpy as np

from smastn.corpora.clip import MICRO_SECONDS
from smastn.errors import ConfigError
from smastn.synthesis.animated_face import AnimatedFace
from smastn.synthesis.expressions import EMOTIONS, Event, draw_event
from smastn.synthesis.identities import draw_identity, portrait
from smastn.synthesis.nuisance import Nuisance
from smastn.synthesis.synthetic_film import Film

INTERVIEW_NUISANCE = Nuisance(
    blinks=0.25,
    gaze_shifts=0.4,
    gaze=1.5,
    drift=2.5,
    roll=0.75,
    zoom=0.006,
    flicker=0.02,
    light_drift=0.02,
    head_turns=0.12,
    max_yaw=15.0,
    speech=0.2,
)
"""Disturbances of an interview."""

_MACRO_SECONDS, _MACRO_PX = (0.7, 3.5), (3.0, 7.0)
_MARGIN = 1.0
"""Least pause between expressions, seconds."""


@dataclass(frozen=True, slots=True)
class InterviewConfig:
    """Contents of an interview film.

    Attributes:
        rate: frames a second.
        seconds: length.
        micro: number of micro-expressions.
        micro_px: their peak displacement, pixels of a 224-pixel crop.
        macro: number of longer expressions, with peaks of 3 to 7 pixels.
        nuisance: strengths of the disturbances.
    """

    rate: float = 30.0
    seconds: float = 120.0
    micro: int = 10
    micro_px: float = 1.5
    macro: int = 3
    nuisance: Nuisance = INTERVIEW_NUISANCE

    def __post_init__(self) -> None:
        if (self.micro + self.macro) * (_MACRO_SECONDS[1] + _MARGIN) > 2 * self.seconds:
            raise ConfigError(
                f"{self.micro + self.macro} expressions do not fit into {self.seconds} s; wanted "
                "fewer, or a longer film"
            )


def interview_film(seed: int, config: InterviewConfig | None = None) -> Film:
    """A film of 288 by 288 pixels with a face about 200 pixels wide.

    The seed fixes the face and the kinds of movement; they do not depend on frame rate,
    amplitude and disturbances.

    Raises:
        AssetError: the face models are missing and cannot be fetched.
    """
    config = config or InterviewConfig()
    face = AnimatedFace(portrait(draw_identity(np.random.default_rng([seed, 6]))))
    events = _draw_events(np.random.default_rng([seed, 7]), config)
    timing = config.rate, round(config.seconds * config.rate)
    return Film(face, events, timing, config.nuisance, seed)


def _draw_events(generator: np.random.Generator, config: InterviewConfig) -> tuple[Event, ...]:
    """All expressions, in random order at random times."""
    micro = generator.permutation(config.micro + config.macro) < config.micro
    lengths = np.where(micro, MICRO_SECONDS, generator.uniform(*_MACRO_SECONDS, len(micro)))
    free = config.seconds - _MARGIN * (len(micro) + 1) - lengths.sum()
    pauses = np.diff(np.sort(generator.uniform(0, free, len(micro))), prepend=0.0)
    events, time = [], 0.0
    for number, (short, length, pause) in enumerate(zip(micro, lengths, pauses, strict=True)):
        time += _MARGIN + float(pause)
        emotion, first = EMOTIONS[number % len(EMOTIONS)], round(time * config.rate)
        px = config.micro_px if short else float(generator.uniform(*_MACRO_PX))
        event = draw_event(generator, emotion, first, config.rate, px)
        events.append(event if short else _prolonged(generator, event, length * config.rate))
        time += float(length)
    return tuple(events)


def _prolonged(generator: np.random.Generator, event: Event, frames: float) -> Event:
    """The same expression with a longer rise, hold and fall."""
    rise = max(2, round(frames * float(generator.uniform(0.2, 0.35))))
    fall = max(2, round(frames * float(generator.uniform(0.25, 0.4))))
    last = event.onset + max(round(frames), rise + fall + 1)
    return replace(event, apex=event.onset + rise, release=last - fall, offset=last)
