"""A corpus of made-up people, written as corpora come: folders of frames and a table.

Each clip depends on the corpus's seed, its subject and its own number alone, so
neither the order nor the number of workers changes a byte.
"""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from smastn.data.clip import Clip
from smastn.data.manifest import write_manifest
from smastn.errors import ConfigError
from smastn.synthesis.faces import draw_person, portrait
from smastn.synthesis.film import Film
from smastn.synthesis.movement import EMOTIONS, Event, draw_event
from smastn.synthesis.nuisance import Nuisance
from smastn.synthesis.puppet import Puppet

CORPUS = "synthetic"
"""The corpus's name in `Clip.subject`."""

NEUTRAL = "neutral"

_AROUND = 0.03
"""Seconds of stillness kept before onset and after offset."""


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
    size: int = 288
    nuisance: Nuisance = field(default_factory=Nuisance)
    seed: int = 0

    def __post_init__(self) -> None:
        if self.subjects < 1 or self.clips_per_subject < 0 or self.neutral < 0:
            raise ConfigError(
                f"{self.subjects} subjects with {self.clips_per_subject} and {self.neutral} clips "
                "were asked for; wanted at least one subject and no negative numbers"
            )
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
        if not 96 <= self.size <= 1024:
            raise ConfigError(f"size is {self.size}; wanted 96 to 1024 pixels")


def make_corpus(
    root: Path,
    config: CorpusConfig,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> list[Clip]:
    """Write a corpus: ``root/<person>/<clip>/img00001.jpg`` and on, and ``root/manifest.csv``.

    A clip's folder appears whole or not at all, and the manifest last; what an
    interrupted run has finished is made again, to the same bytes.

    Args:
        root: where to; made if missing.
        config: what it holds.
        workers: processes to share the work.
        progress: called with clips done and clips in all.

    Returns:
        The clips, person by person.

    Raises:
        AssetError: the face models could not be had.
        OSError: the disk is full or may not be written.
    """
    root.mkdir(parents=True, exist_ok=True)
    total = config.subjects * (config.clips_per_subject + config.neutral)
    clips: list[Clip] = []
    with _mapping(min(workers, config.subjects)) as mapping:
        for made in mapping(partial(_write_subject, root, config), range(config.subjects)):
            clips += made
            if progress is not None:
                progress(len(clips), total)
    write_manifest(root, clips)
    return clips


@contextmanager
def _mapping(workers: int) -> Iterator[Callable]:
    """`map`, in this process or spread over several."""
    if workers <= 1:
        yield map
        return
    context = get_context("spawn")
    with ProcessPoolExecutor(
        workers, context, initializer=cv2.setNumThreads, initargs=(1,)
    ) as pool:
        yield pool.map


def _write_subject(root: Path, config: CorpusConfig, subject: int) -> list[Clip]:
    """All clips of one person, written."""
    person = draw_person(np.random.default_rng([config.seed, subject]))
    puppet = Puppet(portrait(person, config.size))
    emotions = _emotions(config, subject)
    return [
        _write_clip(root, config, puppet, (subject, number), emotion)
        for number, emotion in enumerate(emotions)
    ]


def _emotions(config: CorpusConfig, subject: int) -> list[str]:
    """The emotions of one person's clips: each in turn, going on where the last person's ended."""
    start = subject * config.clips_per_subject
    dealt = range(start, start + config.clips_per_subject)
    moving = [config.emotions[number % len(config.emotions)] for number in dealt]
    return moving + [NEUTRAL] * config.neutral


def _write_clip(
    root: Path, config: CorpusConfig, puppet: Puppet, which: tuple[int, int], emotion: str
) -> Clip:
    """One clip, written to its folder: whole or not at all."""
    subject, number = which
    film, clip = _make_clip(root, config, puppet, which, emotion)
    unfinished = clip.source.with_name(f".{clip.source.name}.part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    quality = [cv2.IMWRITE_JPEG_QUALITY, config.nuisance.jpeg_quality]
    for index, frame in enumerate(film, start=1):
        jpeg = cv2.imencode(".jpg", cv2.cvtColor(frame, cv2.COLOR_RGB2BGR), quality)[1]
        (unfinished / f"img{index:05d}.jpg").write_bytes(jpeg.tobytes())
    if clip.source.exists():
        shutil.rmtree(clip.source)
    unfinished.rename(clip.source)
    return clip


def _make_clip(
    root: Path, config: CorpusConfig, puppet: Puppet, which: tuple[int, int], emotion: str
) -> tuple[Film, Clip]:
    subject, number = which
    seed = [config.seed, subject, number, 1]
    generator = np.random.default_rng(seed)
    rate = float(config.rates[generator.integers(len(config.rates))])
    lead = max(1, round(_AROUND * rate))
    low, high = config.amplitude
    amplitude = (
        float(generator.triangular(low, low + 0.2 * (high - low), high)) if low < high else low
    )
    drawn = draw_event(
        generator, emotion if emotion != NEUTRAL else EMOTIONS[0], lead, rate, amplitude
    )
    events: tuple[Event, ...] = () if emotion == NEUTRAL else (drawn,)
    timing = rate, drawn.offset + lead + 1
    film = Film(puppet, events, timing, config.nuisance, int(generator.integers(2**31)))
    name = f"{number + 1:02d}_{emotion}"
    clip = Clip(
        subject=f"{CORPUS}/s{subject + 1:02d}",
        name=name,
        emotion=emotion,
        source=root / f"s{subject + 1:02d}" / name,
        onset=drawn.onset,
        apex=drawn.apex if events else None,
        offset=drawn.offset,
        rate=rate,
        action_units=drawn.action_units if events else (),
    )
    return film, clip
