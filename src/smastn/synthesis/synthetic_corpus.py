"""A corpus of synthetic faces with known micro-expressions: folders of frames and tables.

Each clip depends on the corpus's seed, its subject and its own number only, so neither
the order nor the number of workers changes a byte.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from smastn.corpora.clip import Clip
from smastn.errors import ConfigError
from smastn.synthesis.action_units import draw_action_units
from smastn.synthesis.animated_face import AnimatedFace
from smastn.synthesis.corpus_writer import (
    SyntheticClip,
    margin_frames,
    require_peak,
    require_size,
    write_clip,
    write_subjects,
)
from smastn.synthesis.distractions import KINDS, Gesture, draw_distraction
from smastn.synthesis.expressions import EMOTIONS, Event, draw_event, draw_long_event
from smastn.synthesis.identities import draw_identity, portrait
from smastn.synthesis.nuisance import Nuisance
from smastn.synthesis.synthetic_film import Film

CORPUS = "synthetic"
"""The corpus's name in `Clip.subject`."""

NEUTRAL = "neutral"

_MOST_RATE = 60.0
"""Frames a second of a long movement, so that its clip has few hundred frames."""


@dataclass(frozen=True, slots=True)
class SyntheticCorpusConfig:
    """Contents of a synthetic corpus.

    Attributes:
        subjects: number of subjects.
        clips_per_subject: clips with a movement of each subject; the three emotions in turn.
        neutral: further clips of each subject without expression.
        distracted: whether these show speech, chewing, head turns, many blinks and shifts of gaze
            in turn with rest, see `smastn.synthesis.distractions`; else rest only.
        macro: share of the movements that are macro-expressions of 0.5 to 3 s and 2 to 12 px,
            at 60 frames a second or the lowest of `rates`.
        unfinished: share of the movements whose clip ends before they do.
        rates: frames a second; drawn for each clip.
        amplitude: least and greatest peak displacement, pixels of a 224-pixel crop; drawn from
            a triangular distribution with its mode at a fifth of the range.
        size: side of the frames, pixels.
        nuisance: strengths of the disturbances.
        seed: seed of everything that is drawn.

    Raises:
        ConfigError: a number is out of range.
    """

    subjects: int = 10
    clips_per_subject: int = 9
    neutral: int = 0
    distracted: bool = False
    macro: float = 0.0
    unfinished: float = 0.0
    rates: tuple[float, ...] = (200.0, 100.0, 60.0, 30.0)
    amplitude: tuple[float, float] = (0.3, 3.0)
    size: int = 288
    nuisance: Nuisance = field(default_factory=Nuisance)
    seed: int = 0

    def __post_init__(self) -> None:
        if self.subjects < 1 or self.clips_per_subject < 0 or self.neutral < 0:
            raise ConfigError(
                f"subjects is {self.subjects}, clips_per_subject {self.clips_per_subject} and "
                f"neutral {self.neutral}; wanted at least one subject and no negative numbers"
            )
        if self.clips_per_subject + self.neutral == 0:
            raise ConfigError(
                "clips_per_subject and neutral are 0, so there is no clip; wanted one above 0"
            )
        if not (0 <= self.macro <= 1 and 0 <= self.unfinished <= 1):
            raise ConfigError(
                f"macro is {self.macro} and unfinished {self.unfinished}; wanted shares, 0 to 1"
            )
        require_peak(self.amplitude)
        if not self.rates or not min(self.rates) >= 25:
            raise ConfigError(f"rates are {self.rates}; wanted at least 25 frames a second")
        require_size(self.size)


def make_synthetic_corpus(
    root: str | Path,
    config: SyntheticCorpusConfig | None = None,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> list[Clip]:
    """Write a synthetic corpus: ``root/<subject>/<clip>/img00001.jpg`` and so on, and two tables.

    ``manifest.csv`` lists the clips as for a user's own corpus; ``truth.csv``
    adds each clip's amplitude and blinks. For the other arguments and what is returned see
    `smastn.synthesis.corpus_writer.write_subjects`.

    Raises:
        AssetError: the face models are missing and cannot be fetched.
        InputError: `root` holds something else, the disk is full or is not writable.
    """
    config = config or SyntheticCorpusConfig()
    subjects = [_tasks(config, subject) for subject in range(config.subjects)]
    return write_subjects(root, partial(_write_subject, config), subjects, workers, progress)


_Task = tuple[int, int, str]
"""Subject, number of the clip, emotion."""


def _tasks(config: SyntheticCorpusConfig, subject: int) -> list[_Task]:
    """One subject's clips; the emotions continue where the previous subject's end."""
    first = subject * config.clips_per_subject
    moving = range(first, first + config.clips_per_subject)
    emotions = [EMOTIONS[number % len(EMOTIONS)] for number in moving]
    emotions += [NEUTRAL] * config.neutral
    return [(subject, number, emotion) for number, emotion in enumerate(emotions)]


def _write_subject(
    config: SyntheticCorpusConfig, folder: Path, tasks: Sequence[_Task]
) -> list[SyntheticClip]:
    generator = np.random.default_rng([config.seed, tasks[0][0]])
    picture = portrait(draw_identity(generator), config.size)
    face = AnimatedFace(picture, draw_action_units(generator))
    return [_write_clip(config, folder, face, task) for task in tasks]


def _write_clip(
    config: SyntheticCorpusConfig, folder: Path, face: AnimatedFace, task: _Task
) -> SyntheticClip:
    subject, number, emotion = task
    generator = np.random.default_rng([config.seed, subject, number])
    film = _film(config, face, task, generator)
    event = film.events[0] if emotion != NEUTRAL else None
    margin = margin_frames(film.rate)
    offset = film.length - 1 - margin
    if isinstance(event, Event) and config.unfinished and generator.random() < config.unfinished:
        offset = event.release
    moved = {code for one in film.events for code in one.action_units}
    clip = Clip(
        subject=f"{CORPUS}/s{subject + 1:02d}",
        name=f"{number + 1:02d}_{emotion}",
        emotion=emotion,
        source=folder / f"s{subject + 1:02d}" / f"{number + 1:02d}_{emotion}",
        onset=margin,
        apex=event.apex if isinstance(event, Event) else None,
        offset=offset,
        rate=film.rate,
        action_units=event.action_units if event else tuple(sorted(moved, key=int)),
    )
    return write_clip(film, clip, event.amplitude if event else 0.0)


def _film(
    config: SyntheticCorpusConfig, face: AnimatedFace, task: _Task, generator: np.random.Generator
) -> Film[Event | Gesture]:
    """The film of one clip; a neutral one has the length of one with a movement."""
    number, emotion = task[1:]
    rate = float(config.rates[generator.integers(len(config.rates))])
    low, high = config.amplitude
    mode = low + 0.2 * (high - low)
    amplitude = float(generator.triangular(low, mode, high)) if low < high else low
    drawn = EMOTIONS[0] if emotion == NEUTRAL else emotion
    if config.macro and generator.random() < config.macro:
        rate = min(rate, max(_MOST_RATE, min(config.rates)))
        margin = margin_frames(rate)
        event = draw_long_event(generator, drawn, margin, rate)
    else:
        margin = margin_frames(rate)
        event = draw_event(generator, drawn, margin, rate, amplitude)
    timing, nuisance = (rate, event.offset + margin + 1), config.nuisance
    events: tuple[Event | Gesture, ...] = (event,)
    if emotion == NEUTRAL:
        kind = KINDS[number % len(KINDS)] if config.distracted else KINDS[0]
        events, nuisance = draw_distraction(generator, kind, nuisance, timing)
    return Film(face, events, timing, nuisance, int(generator.integers(2**31)))
