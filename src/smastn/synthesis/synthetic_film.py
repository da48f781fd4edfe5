"""Films of an animated face with known movements.

A `Film` renders its frames one by one during iteration, so a long film needs no more
memory than a short one.
"""

from collections.abc import Iterator, Sequence
from typing import Generic, Protocol, TypeVar, runtime_checkable

import numpy as np

from smastn.errors import ConfigError
from smastn.media.frame_array import Image
from smastn.synthesis.animated_face import AnimatedFace, Motion
from smastn.synthesis.expressions import EMOTIONS, Event, draw_event
from smastn.synthesis.head_rotation import RotatableHead, direction_at, draw_head_turns
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
from smastn.synthesis.speech_movement import Speech, draw_speech

DEMO_NUISANCE = Nuisance(
    blinks=0.4,
    blinks_apart=True,
    gaze_shifts=0.3,
    gaze=1.5,
    drift=2.0,
    roll=0.5,
    zoom=0.006,
    flicker=0.01,
    light_drift=0.01,
)
"""Disturbances of the demo film."""

_DEMO_SIZE = (640, 480)
_DEMO_FACE = 200.0


@runtime_checkable
class FacialMovement(Protocol):
    """A movement within a film, such as `smastn.synthesis.expressions.Event`."""

    @property
    def onset(self) -> int:
        """Last neutral frame before it, from 0."""
        ...

    @property
    def offset(self) -> int:
        """Frame in which it ends."""
        ...

    def activation(self, frame: int) -> float:
        """Share of the full movement in a frame, 0 to 1."""
        ...

    def motion(self, face: AnimatedFace) -> Motion:
        """The motion of a face at full strength."""
        ...


MovementType = TypeVar("MovementType", bound=FacialMovement, covariant=True)


class Film(Generic[MovementType]):
    """Frames of one face, rendered during iteration; every pass gives the same bytes.

    Args:
        face: the filmed face.
        events: its movements, in order.
        timing: frames a second, and number of frames.
        nuisance: strengths of the disturbances.
        seed: seed of all disturbances.

    Raises:
        ConfigError: a movement ends after the film.
    """

    def __init__(
        self,
        face: AnimatedFace,
        events: tuple[MovementType, ...],
        timing: tuple[float, int],
        nuisance: Nuisance,
        seed: int,
    ) -> None:
        self.rate, self.length = timing
        """Frames a second, and number of frames."""
        late = [event.offset for event in events if event.offset >= self.length]
        if late:
            raise ConfigError(f"a movement ends at frame {late[0]} of {self.length}; lengthen it")
        self.events: Sequence[MovementType] = events
        """The movements, in order."""
        self.nuisance = nuisance
        self._face, self._seed = face, seed
        generator = np.random.default_rng([seed, 1])
        blinks = draw_blinks(generator, nuisance, self.length, self.rate)
        if nuisance.blinks_apart:
            blinks = tuple(blink for blink in blinks if not _near(blink, events, self.rate))
        self.blinks: tuple[Blink, ...] = blinks
        """The blinks, in order."""
        seconds = self.length / self.rate
        self._gazes = draw_gazes(generator, nuisance, seconds)
        self._drift = Drift(generator, nuisance)
        self.head_turns = draw_head_turns(generator, nuisance.head_turns, nuisance.max_yaw, seconds)
        """Turns of the head, in order."""
        self.syllables = draw_speech(generator, nuisance.speech, seconds)
        """The spoken syllables, in order."""
        self._speech = Speech(face, self.syllables) if self.syllables else None
        rotates = bool(self.head_turns or self.syllables)
        self._head = RotatableHead(face.portrait, generator) if rotates else None
        self._motions: list[Motion] = [event.motion(face) for event in events]

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[Image]:
        generator = np.random.default_rng([self._seed, 2])
        sensor = Sensor(self._face.portrait.image, self.nuisance, generator)
        for index in range(self.length):
            light = self._drift.light(index / self.rate)
            yield sensor(self.clean_frame(index), light, generator)

    def clean_frame(self, index: int) -> Image:
        """One frame without flicker and sensor noise."""
        time, scale = index / self.rate, self._face.pixels_per_crop_pixel
        moving = [
            (motion, event.activation(index))
            for motion, event in zip(self._motions, self.events, strict=True)
        ]
        yaw, pitch = direction_at(self.head_turns, time)
        if self._speech is not None:
            moving += self._speech.moving(time)
            pitch += self._speech.nod(time)
        closure = max((blink.closure(index) for blink in self.blinks), default=0.0)
        gaze = gaze_at(self._gazes, time)
        picture = self._face.frame(moving, closure, (gaze[0] * scale, gaze[1] * scale))
        middle = self._face.portrait.points.mean(0)
        similarity = self._drift.head(time, (float(middle[0]), float(middle[1])), scale)
        if self._head is None:
            return moved(picture, similarity)
        return self._head(picture, (yaw, pitch), similarity)


def _near(blink: Blink, events: tuple[FacialMovement, ...], rate: float) -> bool:
    """Whether a blink is less than a quarter of a second from a movement."""
    gap = 0.25 * rate
    return any(
        blink.first <= event.offset + gap and event.onset - gap <= blink.last for event in events
    )


def demo_film(seed: int = 0, rate: float = 30.0, seconds: float = 20.0) -> Film[Event]:
    """A film of the astronaut's photograph with synthetic micro-expressions.

    640 by 480 pixels. One movement every 2.5 seconds, the emotions in turn, with peaks of
    1.5 to 3 pixels of a 224-pixel crop; blinks in between.

    Args:
        seed: seed of movements and disturbances.
        rate: frames a second.
        seconds: length.

    Raises:
        AssetError: the face models are missing and cannot be fetched.
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
    timing = rate, round(seconds * rate)
    return Film(AnimatedFace(photo), tuple(events), timing, DEMO_NUISANCE, seed)
