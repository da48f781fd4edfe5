"""Films of people who do not exist, or who did not do this: every movement is known.

A `Film` holds a puppet and what happens to it, and makes its frames one by one
as they are asked for, so that its length costs no memory.
"""

from collections.abc import Iterator, Sequence
from typing import Generic, Protocol, TypeVar, runtime_checkable

import numpy as np
from jaxtyping import UInt8
from numpy import ndarray

from smastn.errors import ConfigError
from smastn.synthesis.animated_face import Motion, Puppet
from smastn.synthesis.expressions import EMOTIONS, Event, draw_event
from smastn.synthesis.head_rotation import TurningHead, direction_at, draw_turns
from smastn.synthesis.identities import Portrait
from smastn.synthesis.nuisance import (
    Blink,
    Drift,
    Nuisance,
    Sensor,
    draw_blinks,
    draw_gazes,
    gaze_at,
    moved,
)
from smastn.synthesis.photographs import photograph, upright
from smastn.synthesis.speech_movement import Speech, Syllable, draw_speech

DEMO_NUISANCE = Nuisance(
    blinks=0.4,
    blinks_apart=True,
    gazes=0.3,
    gaze=1.5,
    drift=2.0,
    turn=0.5,
    approach=0.006,
    flicker=0.01,
    dimming=0.01,
)
"""What disturbs the demo film"""

_DEMO_SIZE = (640, 480)
_DEMO_FACE = 200.0


@runtime_checkable
class Happening(Protocol):
    """A movement of some frames of a film, such as `smastn.synthesis.expressions.Event`."""

    @property
    def onset(self) -> int:
        """Last frame before it, from 0."""
        ...

    @property
    def offset(self) -> int:
        """Frame in which it has ended."""
        ...

    def activation(self, frame: int) -> float:
        """Share of the full movement in a frame, 0 to 1."""
        ...

    def motion(self, puppet: Puppet) -> Motion:
        """What it does to a portrait at full strength."""
        ...


Moves = TypeVar("Moves", bound=Happening, covariant=True)


class Film(Generic[Moves]):
    """Frames of one face, made as they are asked for; each pass gives the same bytes.

    Args:
        puppet: who is filmed.
        events: the micro-movements, in order.
        timing: frames a second, and how many frames.
        nuisance: what disturbs the film.
        seed: fixes every disturbance.

    Raises:
        ConfigError: an event ends after the film does.
    """

    def __init__(
        self,
        puppet: Puppet,
        events: tuple[Moves, ...],
        timing: tuple[float, int],
        nuisance: Nuisance,
        seed: int,
    ) -> None:
        self.rate, self.length = timing
        """Frames a second, and how many frames."""
        late = [event.offset for event in events if event.offset >= self.length]
        if late:
            raise ConfigError(f"a movement ends at frame {late[0]} of {self.length}; lengthen it")
        self.events: Sequence[Moves] = events
        """The micro-movements, as they were given."""
        self._puppet, self._nuisance, self._seed = puppet, nuisance, seed
        generator = np.random.default_rng([seed, 1])
        blinks = draw_blinks(generator, nuisance, self.length, self.rate)
        if nuisance.blinks_apart:
            blinks = tuple(blink for blink in blinks if not _meets(blink, events, self.rate))
        self.blinks: tuple[Blink, ...] = blinks
        """The blinks, in order."""
        seconds = self.length / self.rate
        self._gazes = draw_gazes(generator, nuisance, seconds)
        self._drift = Drift(generator, nuisance)
        self.turns = draw_turns(generator, nuisance.turns, nuisance.widest, seconds)
        """Turns of the head, in order."""
        self._speech = Speech(puppet, draw_speech(generator, nuisance.talking, seconds))
        turning = bool(self.turns or self._speech.syllables)
        self._turning = TurningHead(puppet.portrait, generator) if turning else None
        self._motions: list[Motion] = [event.motion(puppet) for event in events]

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[UInt8[ndarray, "height width 3"]]:
        generator = np.random.default_rng([self._seed, 2])
        sensor = Sensor(self._puppet.portrait.image, self._nuisance, generator)
        for index in range(self.length):
            light = self._drift.light(index / self.rate)
            yield sensor(self.clean_frame(index), light, generator)

    def clean_frame(self, index: int) -> UInt8[ndarray, "height width 3"]:
        """One frame as the scene was: face and head have moved, light and sensor are perfect."""
        time, scale = index / self.rate, self._puppet.pixels_per_crop_pixel
        moving = [
            (motion, event.activation(index))
            for motion, event in zip(self._motions, self.events, strict=True)
        ]
        moving += self._speech.moving(time)
        closure = max((blink.closure(index) for blink in self.blinks), default=0.0)
        gaze = gaze_at(self._gazes, time)
        picture = self._puppet.frame(moving, closure, (gaze[0] * scale, gaze[1] * scale))
        middle = self._puppet.portrait.points.mean(0)
        centre = float(middle[0]), float(middle[1])
        place = self._drift.head(time, centre, scale)
        if self._turning is None:
            return moved(picture, place)
        yaw, pitch = direction_at(self.turns, time)
        return self._turning(picture, (yaw, pitch + self._speech.nod(time)), place)

    @property
    def syllables(self) -> tuple[Syllable, ...]:
        """What is said, in order."""
        return self._speech.syllables


def _meets(blink: Blink, events: tuple[Happening, ...], rate: float) -> bool:
    """Whether a blink comes nearer than a quarter of a second to a movement."""
    apart = 0.25 * rate
    return any(
        blink.first <= event.offset + apart and event.onset - apart <= blink.last
        for event in events
    )


def demo_film(seed: int = 0, rate: float = 30.0, seconds: float = 20.0) -> Film[Event]:
    """A film of the astronaut's photograph with micro-movements that she never made.

    640 by 480 pixels; one movement every 2.5 seconds, all emotions in turn, 1.5
    to 3 pixels at 224; blinks in between.

    Args:
        seed: another seed, other movements.
        rate: frames a second.
        seconds: how long it is.

    Raises:
        AssetError: the face models could not be had.
    """
    width, height = _DEMO_SIZE
    photo = upright(photograph("astronaut"), _DEMO_SIZE, _DEMO_FACE, (0.5 * width, 0.45 * height))
    generator = np.random.default_rng([seed, 0])
    events: list[Event] = []
    for number in range(int(seconds / 2.5)):
        first = round((2.5 * number + float(generator.uniform(0.9, 1.5))) * rate)
        emotion = EMOTIONS[(number + seed) % len(EMOTIONS)]
        amplitude = float(generator.uniform(1.5, 3.0))
        events.append(draw_event(generator, emotion, first, rate, amplitude))
    puppet = Puppet(Portrait(photo.image, photo.points))
    timing = rate, round(seconds * rate)
    return Film(puppet, tuple(events), timing, DEMO_NUISANCE, seed)
