"""Measured movement of real subjects, played by synthetic faces.

Corpora of micro-expressions may not be passed on. Images of their optical flow are
public and show no face. Two images a clip, onset to apex and apex to offset, drive the
frames of a synthetic face. Each subject has one face; labels and subjects are kept, so
the clips can be used for training and for evaluation by subject.

The direction and distribution of the movement are real. Synthetic are the face, the
amplitude (the images do not contain it), the duration, and all disturbances.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from pathlib import Path
from zlib import crc32

import numpy as np
from jaxtyping import Float32
from numpy import ndarray

from smastn.corpora.clip import Clip
from smastn.corpora.flow_images import FlowImage, flow_images
from smastn.errors import ConfigError
from smastn.media.image_files import read_image
from smastn.synthesis.animated_face import AnimatedFace, Motion
from smastn.synthesis.corpus_writer import (
    SyntheticClip,
    margin_frames,
    require_peak,
    require_size,
    write_clip,
    write_subjects,
)
from smastn.synthesis.expressions import half_cosine
from smastn.synthesis.identities import draw_identity, portrait
from smastn.synthesis.measured_flow import centred_flow
from smastn.synthesis.nuisance import Nuisance
from smastn.synthesis.synthetic_film import Film

RATE = 120.0
"""Frames a second."""

_RISE, _HOLD = (0.35, 0.55), 0.15
"""Earliest and latest apex, and longest hold at the apex, as shares of the clip."""


@dataclass(frozen=True, slots=True)
class ReenactmentConfig:
    """Rendering of measured movement.

    Attributes:
        amplitude: least and greatest peak displacement of any mesh point, pixels of a 224-pixel
            crop; drawn uniformly for each clip.
        frames: fewest and most frames from onset to offset.
        size: side of the frames, pixels.
        nuisance: strengths of the disturbances.
        seed: seed of faces, amplitudes, durations and disturbances.

    Raises:
        ConfigError: a number is out of range.
    """

    amplitude: tuple[float, float] = (0.6, 2.0)
    frames: tuple[int, int] = (30, 60)
    size: int = 288
    nuisance: Nuisance = field(default_factory=Nuisance)
    seed: int = 0

    def __post_init__(self) -> None:
        require_peak(self.amplitude)
        if not 8 <= self.frames[0] <= self.frames[1]:
            raise ConfigError(f"frames is {self.frames}; wanted 8 <= fewest <= most")
        require_size(self.size)


@dataclass(frozen=True, slots=True)
class FlowMovement:
    """The movement of one flow image within a film.

    Attributes:
        onset: last frame before it, from 0.
        offset: first frame of full strength, which lasts to the end of the film.
        flow: x, y, see `measured_flow.centred_flow`.
        amplitude: peak displacement, pixels of a 224-pixel crop.
    """

    onset: int
    offset: int
    flow: Float32[ndarray, "rows columns 2"]
    amplitude: float

    def activation(self, frame: int) -> float:
        """Share of the full movement in a frame, 0 to 1."""
        return half_cosine((frame - self.onset) / (self.offset - self.onset))

    def motion(self, face: AnimatedFace) -> Motion:
        """The motion of a face at full strength."""
        return face.motion_from_flow(self.flow, self.amplitude)


def make_reenacted_corpus(
    root: str | Path,
    movement: str | Path,
    config: ReenactmentConfig | None = None,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> list[Clip]:
    """Write a corpus of re-enacted clips: ``root/<corpus>/<subject>/<clip>/img00001.jpg``.

    Each clip depends on the seed, its own name and its two flow images only. `movement` is their
    folder, see `smastn.corpora.flow_images`; without images from apex to offset, the movement to
    the apex is reversed. For the other arguments and what is returned see
    `smastn.synthesis.corpus_writer.write_subjects`.

    Raises:
        AssetError: the face models are missing and cannot be fetched.
        InputError: `movement` holds no flow images or a damaged one, `root` holds something
            else, the disk is full or is not writable.
    """
    rising, falling = flow_images(Path(movement)), flow_images(Path(movement), "apex-offset")
    pairs = list(zip(rising, falling, strict=True))
    subjects = [list(own) for _, own in groupby(pairs, key=lambda pair: pair[0].subject)]
    write_subject = partial(_write_subject, config or ReenactmentConfig())
    return write_subjects(root, write_subject, subjects, workers, progress)


def _write_subject(
    config: ReenactmentConfig, folder: Path, pairs: Sequence[tuple[FlowImage, FlowImage]]
) -> list[SyntheticClip]:
    subject = pairs[0][0].subject
    identity = draw_identity(np.random.default_rng([config.seed, crc32(subject.encode())]))
    face = AnimatedFace(portrait(identity, config.size))
    return [_write_clip(config, folder, face, pair) for pair in pairs]


def _write_clip(
    config: ReenactmentConfig, folder: Path, face: AnimatedFace, pair: tuple[FlowImage, FlowImage]
) -> SyntheticClip:
    image = pair[0]
    generator = np.random.default_rng([config.seed, crc32(image.key.encode())])
    rise, fall = flow_movements(pair, config, generator)
    timing = RATE, fall.offset + margin_frames(RATE) + 1
    film = Film(face, (rise, fall), timing, config.nuisance, int(generator.integers(2**31)))
    clip = Clip(
        subject=image.subject,
        name=image.name,
        emotion=image.emotion,
        source=folder / image.subject / image.name,
        onset=rise.onset,
        apex=rise.offset,
        offset=fall.offset,
        rate=RATE,
    )
    return write_clip(film, clip, rise.amplitude)


def flow_movements(
    pair: tuple[FlowImage, FlowImage], config: ReenactmentConfig, generator: np.random.Generator
) -> tuple[FlowMovement, FlowMovement]:
    """The movements to the apex and from the apex, with drawn timing and amplitude.

    Both have the same peak displacement, since the images contain neither.

    Args:
        pair: the images onset to apex and apex to offset; if they are the same image, the
            second movement is the first reversed.
        config: ranges to draw from.
        generator: source of randomness.

    Raises:
        InputError: an image cannot be decoded.
    """
    rising, falling = (centred_flow(read_image(image.source)) for image in pair)
    if pair[0].source == pair[1].source:
        falling = -rising
    length = int(generator.integers(config.frames[0], config.frames[1] + 1))
    apex = round(length * float(generator.uniform(*_RISE)))
    hold = round(length * float(generator.uniform(0, _HOLD)))
    amplitude = float(generator.uniform(*config.amplitude))
    onset = margin_frames(RATE)
    return (
        FlowMovement(onset, onset + apex, rising, amplitude),
        FlowMovement(onset + apex + hold, onset + length, falling, amplitude),
    )
