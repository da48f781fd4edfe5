"""Measured movement of real people, played by people who do not exist.

Corpora of micro-expressions may not be passed on; pictures of their optical flow
are public and show nobody. Two pictures a clip, onset to apex and apex to offset,
drive the frames between on a made-up face that belongs to the subject. Labels and
subjects are kept, so the clips can be learnt from and held out as the real ones.

What is real is where the skin went. Made up are the face, how far it went (the
pictures do not say), how long it took, and all that disturbs the film.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from pathlib import Path
from zlib import crc32

import numpy as np
from jaxtyping import Float32
from numpy import ndarray

from smastn.corpora.clip import Clip
from smastn.corpora.flow_images import FlowImage, flow_images, read_flow_image
from smastn.errors import ConfigError
from smastn.synthesis.animated_face import Motion, Puppet
from smastn.synthesis.corpus_writer import MadeClip, filmed, lead, write_people
from smastn.synthesis.expressions import half_cosine
from smastn.synthesis.identities import draw_person, portrait
from smastn.synthesis.measured_flow import flow_of
from smastn.synthesis.nuisance import Nuisance
from smastn.synthesis.synthetic_film import Film


@dataclass(frozen=True, slots=True)
class ReenactmentConfig:
    """How measured movement is played.

    Attributes:
        amplitude: least and greatest peak displacement of any mesh point, pixels of a 224-pixel
            crop; drawn evenly for each clip, since the pictures have lost it.
        frames: fewest and most frames from onset to offset.
        rise: earliest and latest apex, as a share of the clip.
        hold: longest stay at the apex, likewise.
        rate: frames a second.
        size: side of the frames, pixels.
        nuisance: what disturbs the films.
        seed: another seed, other faces, amplitudes and disturbances for the same movement.

    Raises:
        ConfigError: a number is out of range.
    """

    amplitude: tuple[float, float] = (0.6, 2.0)
    frames: tuple[int, int] = (30, 60)
    rise: tuple[float, float] = (0.35, 0.55)
    hold: float = 0.15
    rate: float = 120.0
    size: int = 288
    nuisance: Nuisance = field(default_factory=Nuisance)
    seed: int = 0

    def __post_init__(self) -> None:
        low, high = self.amplitude
        if not 0 < low <= high <= 12:
            raise ConfigError(
                f"amplitude is {low} to {high} px; wanted 0 < least <= greatest <= 12"
            )
        if not 8 <= self.frames[0] <= self.frames[1]:
            raise ConfigError(f"frames is {self.frames}; wanted 8 <= fewest <= most")
        if not 0.2 <= self.rise[0] <= self.rise[1] <= 0.7 or not 0 <= self.hold <= 0.2:
            raise ConfigError(
                f"rise is {self.rise} and hold {self.hold}; wanted 0.2 <= earliest <= latest <= "
                "0.7, and 0 to 0.2"
            )
        if self.rate < 25 or not 96 <= self.size <= 1024:
            raise ConfigError(
                f"rate is {self.rate} and size {self.size}; wanted at least 25 frames a second, "
                "and 96 to 1024 pixels"
            )


@dataclass(frozen=True, slots=True)
class Replay:
    """One picture of flow as a movement of a film.

    Attributes:
        onset: last frame before it, from 0.
        offset: first frame in which it is whole; from there on it stays.
        flow: x, y, see `measured_flow.flow_of`.
        amplitude: peak displacement, pixels of a 224-pixel crop.
    """

    onset: int
    offset: int
    flow: Float32[ndarray, "rows columns 2"]
    amplitude: float

    def activation(self, frame: int) -> float:
        """Share of the full movement in a frame, 0 to 1."""
        return half_cosine((frame - self.onset) / (self.offset - self.onset))

    def motion(self, puppet: Puppet) -> Motion:
        """What it does to a portrait when it is whole."""
        return puppet.driven(self.flow, self.amplitude)


def make_reenactment(
    root: Path,
    movement: Path,
    config: ReenactmentConfig,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> list[Clip]:
    """Write a corpus of re-enacted clips: ``root/<corpus>/<person>/<clip>/img00001.jpg``.

    Each clip depends on the seed, its own name and its two pictures alone. The corpus
    appears whole or not at all.

    Args:
        root: where to: a new or empty folder, or one that holds a corpus, which is replaced.
        movement: folder of flow pictures, see `smastn.corpora.flow_images`. Where it has no
            pictures from apex to offset, the way there is played backwards.
        config: how.
        workers: processes to share the work, a person each at a time.
        progress: called with clips done and clips in all, after each person.

    Returns:
        The clips, person by person.

    Raises:
        AssetError: the face models could not be had.
        InputError: `movement` holds no flow pictures or one is broken, `root` holds something
            else, the disk is full or may not be written.
    """
    there, back = flow_images(movement), flow_images(movement, "apex-offset")
    pairs = list(zip(there, back, strict=True))
    people = [list(own) for _, own in groupby(pairs, key=lambda pair: pair[0].subject)]

    def done(clips: int) -> None:
        if progress is not None:
            progress(clips, len(pairs))

    return write_people(root, partial(_write_person, config), people, workers, done)


def _write_person(
    config: ReenactmentConfig, folder: Path, pairs: list[tuple[FlowImage, FlowImage]]
) -> list[MadeClip]:
    """All clips of one subject, on the one face that is theirs."""
    subject = pairs[0][0].subject
    person = draw_person(np.random.default_rng([config.seed, crc32(subject.encode())]))
    puppet = Puppet(portrait(person, config.size))
    return [_write_clip(config, folder, puppet, pair) for pair in pairs]


def _write_clip(
    config: ReenactmentConfig, folder: Path, puppet: Puppet, pair: tuple[FlowImage, FlowImage]
) -> MadeClip:
    image = pair[0]
    generator = np.random.default_rng([config.seed, crc32(image.key.encode())])
    there, back = replays(pair, config, generator)
    timing = config.rate, back.offset + lead(config.rate) + 1
    film = Film(puppet, (there, back), timing, config.nuisance, int(generator.integers(2**31)))
    clip = Clip(
        subject=image.subject,
        name=image.name,
        emotion=image.emotion,
        source=folder / image.subject / image.name,
        onset=there.onset,
        apex=there.offset,
        offset=back.offset,
        rate=config.rate,
    )
    return filmed(film, clip, there.amplitude, config.nuisance.jpeg_quality)


def replays(
    pair: tuple[FlowImage, FlowImage], config: ReenactmentConfig, generator: np.random.Generator
) -> tuple[Replay, Replay]:
    """The way to the apex and the way from there, timed and scaled as drawn.

    Both have the same peak displacement: nothing is known of either.

    Args:
        pair: the pictures onset to apex and apex to offset; if they are the same picture, the
            way back is the way there reversed.
        config: what to draw from.
        generator: where chance comes from.

    Raises:
        InputError: a picture cannot be decoded.
    """
    there, back = (flow_of(read_flow_image(image.source)) for image in pair)
    if pair[0].source == pair[1].source:
        back = -there
    length = int(generator.integers(config.frames[0], config.frames[1] + 1))
    rise = round(length * float(generator.uniform(*config.rise)))
    hold = round(length * float(generator.uniform(0, config.hold)))
    amplitude = float(generator.uniform(*config.amplitude))
    onset = lead(config.rate)
    return (
        Replay(onset, onset + rise, there, amplitude),
        Replay(onset + rise + hold, onset + length, back, amplitude),
    )
