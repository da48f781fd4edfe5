"""A corpus of made-up people, written as corpora come: folders of frames and a table.

Each clip depends on the corpus's seed, its subject and its own number alone, so
neither the order nor the number of workers changes a byte.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from smastn.corpora.clip import Clip
from smastn.errors import ConfigError
from smastn.synthesis.action_units import draw_muscles
from smastn.synthesis.animated_face import Puppet
from smastn.synthesis.corpus_writer import MadeClip, filmed, lead, write_people
from smastn.synthesis.expressions import EMOTIONS, Event, draw_event
from smastn.synthesis.identities import draw_person, portrait
from smastn.synthesis.nuisance import Nuisance
from smastn.synthesis.synthetic_film import Film

CORPUS = "synthetic"
"""The corpus's name in `Clip.subject`."""

NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class CorpusConfig:
    """What a made-up corpus holds.

    Attributes:
        subjects: how many people.
        clips_per_subject: clips with a movement, of each person.
        emotions: they are dealt out so that their counts differ by one at most.
        neutral: further clips of each person in which nothing moves but the nuisances.
        rates: frames a second, one of them drawn for each clip.
        amplitude: least and greatest peak displacement, pixels of a 224-pixel crop; drawn
            from a triangle whose tip lies a fifth of the way up, so small ones are common.
        variety: how much people differ in how their muscles pull; see `draw_muscles`.
        size: side of the frames, pixels.
        nuisance: what disturbs the films.
        seed: another seed, other people.

    Raises:
        ConfigError: a number is out of range or an emotion has no recipe.
    """

    subjects: int = 10
    clips_per_subject: int = 9
    emotions: tuple[str, ...] = EMOTIONS
    neutral: int = 0
    rates: tuple[float, ...] = (200.0, 100.0, 60.0, 30.0)
    amplitude: tuple[float, float] = (0.3, 3.0)
    variety: float = 1.0
    size: int = 288
    nuisance: Nuisance = field(default_factory=Nuisance)
    seed: int = 0

    def __post_init__(self) -> None:
        if self.subjects < 1 or self.clips_per_subject < 0 or self.neutral < 0:
            raise ConfigError(
                f"{self.subjects} subjects with {self.clips_per_subject} and {self.neutral} clips "
                "were asked for; wanted at least one subject and no negative numbers"
            )
        if self.clips_per_subject + self.neutral == 0:
            raise ConfigError("no clip was asked for; wanted clips_per_subject or neutral above 0")
        unknown = sorted(set(self.emotions) - set(EMOTIONS))
        if unknown or not self.emotions:
            raise ConfigError(f"emotions {unknown} have no recipe; known are {', '.join(EMOTIONS)}")
        low, high = self.amplitude
        if not 0 < low <= high <= 12:
            raise ConfigError(
                f"amplitude is {low} to {high} px; wanted 0 < least <= greatest <= 12"
            )
        if not self.rates or min(self.rates) < 25:
            raise ConfigError(f"rates are {self.rates}; wanted at least 25 frames a second")
        if self.variety < 0:
            raise ConfigError(f"variety is {self.variety}; wanted 0 or more")
        if not 96 <= self.size <= 1024:
            raise ConfigError(f"size is {self.size}; wanted 96 to 1024 pixels")


def make_corpus(
    root: Path,
    config: CorpusConfig,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> list[Clip]:
    """Write a corpus: ``root/<person>/<clip>/img00001.jpg`` and on, and two tables.

    ``manifest.csv`` is the table that any corpus has; ``truth.csv`` adds each
    clip's amplitude and blinks. The corpus appears whole or not at all.

    Args:
        root: where to: a new or empty folder, or one that holds a corpus, which is replaced.
        config: what it holds.
        workers: processes to share the work, a person each at a time.
        progress: called with clips done and clips in all, after each person.

    Returns:
        The clips, person by person.

    Raises:
        AssetError: the face models could not be had.
        InputError: `root` holds something else, the disk is full or may not be written.
    """
    total = config.subjects * (config.clips_per_subject + config.neutral)

    def done(clips: int) -> None:
        if progress is not None:
            progress(clips, total)

    work = partial(_write_subject, config)
    return write_people(root, work, range(config.subjects), workers, done)


def _write_subject(config: CorpusConfig, folder: Path, subject: int) -> list[MadeClip]:
    """All clips of one person, written."""
    generator = np.random.default_rng([config.seed, subject])
    face = portrait(draw_person(generator), config.size)
    puppet = Puppet(face, draw_muscles(generator, config.variety))
    made = []
    for number, emotion in enumerate(_emotions(config, subject)):
        generator = np.random.default_rng([config.seed, subject, number])
        film = _film(config, puppet, emotion, generator)
        source = folder / f"s{subject + 1:02d}" / f"{number + 1:02d}_{emotion}"
        clip = _clip_of(film, f"{CORPUS}/s{subject + 1:02d}", source, emotion)
        amplitude = film.events[0].amplitude if film.events else 0.0
        made.append(filmed(film, clip, amplitude, config.nuisance.jpeg_quality))
    return made


def _emotions(config: CorpusConfig, subject: int) -> list[str]:
    """The emotions of one person's clips: each in turn, going on where the last person's ended."""
    start = subject * config.clips_per_subject
    dealt = range(start, start + config.clips_per_subject)
    moving = [config.emotions[number % len(config.emotions)] for number in dealt]
    return moving + [NEUTRAL] * config.neutral


def _film(
    config: CorpusConfig, puppet: Puppet, emotion: str, generator: np.random.Generator
) -> Film[Event]:
    """One clip, not yet made into frames; a neutral one is as long as one with a movement."""
    rate = float(config.rates[generator.integers(len(config.rates))])
    low, high = config.amplitude
    tip = low + 0.2 * (high - low)
    amplitude = float(generator.triangular(low, tip, high)) if low < high else low
    event = draw_event(
        generator, EMOTIONS[0] if emotion == NEUTRAL else emotion, lead(rate), rate, amplitude
    )
    timing = rate, event.offset + lead(rate) + 1
    events = () if emotion == NEUTRAL else (event,)
    return Film(puppet, events, timing, config.nuisance, int(generator.integers(2**31)))


def _clip_of(film: Film[Event], subject: str, source: Path, emotion: str) -> Clip:
    """The table's row for a film of one movement, or of none."""
    first = lead(film.rate)
    event = film.events[0] if film.events else None
    return Clip(
        subject=subject,
        name=source.name,
        emotion=emotion,
        source=source,
        onset=first,
        apex=event.apex if event else None,
        offset=film.length - 1 - first,
        rate=film.rate,
        action_units=event.action_units if event else (),
    )
