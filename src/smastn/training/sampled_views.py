"""How a training clip is sampled: drawn a few times, the same wherever it is asked for.

A drawing depends on the clip's frames, a seed and its number, and on nothing of a fold.
So folds and processes can share what one of them made, as a file mapped from disk;
with and without the file the training is the same to the byte.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np
import torch
from jaxtyping import Float, Float32, UInt8
from numpy import ndarray
from torch import Tensor

from smastn import __version__
from smastn.errors import InputError
from smastn.faces.prepared_file import SUFFIX, open_prepared, write_prepared
from smastn.inputs.dynamic_image import DescriptorConfig, describe
from smastn.inputs.local_motion import cells_of

ZERO, SCALE = 128, 127
"""The byte of "nothing moved", and how many bytes lie between it and 1.

Rounding to whole bytes errs by 0.0023, a ninth of what `AugmentConfig.noise` adds by default.
"""

_MOST = 2 << 30
_OCTAVES, _BORDER = (1.0, 2.0, 4.0, 8.0), 16
"""Widths of the displacement and the border cut off, in cells: blurring doubles it there."""


@dataclass(frozen=True, slots=True)
class SampledViews:
    """The sampled views of one clip, each made when it is asked for.

    Attributes:
        frames: the prepared clip.
        descriptor: frames to dynamic images.
        trim: largest part cut off at either end.
        count: how many sampled views there are.
        seed: of what is drawn.
        random_displacement: strength of further movement, see `random_displacements`.
    """

    frames: UInt8[ndarray, "time size size 3"]
    descriptor: DescriptorConfig
    trim: float
    count: int
    seed: int
    random_displacement: float = 0.0

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, number: int) -> UInt8[ndarray, "images size size 3"]:
        """The dynamic images of one drawing, as bytes."""
        if self.descriptor.flow:  # pictures are as they are
            return _bytes(describe(self.frames, self.descriptor))
        chance = np.random.default_rng((self.seed, number))
        cut = (chance.random(2) * self.trim * len(self.frames)).astype(int)
        draw = chance.random((self.descriptor.segments, self.descriptor.frames))
        frames = self.frames[cut[0] : len(self.frames) - cut[1]]
        random_displacement = None
        if self.random_displacement and self.descriptor.domain == "motion":
            random_displacement = random_displacements(
                chance,
                self.random_displacement,
                (self.descriptor.images, cells_of(frames.shape[1])),
            )
        images = describe(frames, self.descriptor, draw, random_displacement)
        return _bytes(images)

    def all(self) -> UInt8[ndarray, "views images size size 3"]:
        """All of them."""
        return np.stack([self[number] for number in range(self.count)])

    @property
    def size(self) -> int:
        """Bytes of all of them."""
        return self.count * self.descriptor.images * self.frames[0].size


def random_displacements(
    chance: np.random.Generator, strength: float, shape: tuple[int, int]
) -> Float32[ndarray, "images 2 rows columns"]:
    """Smooth movement of the whole face without any meaning, which grows over the clip.

    Real faces show it everywhere: heads turn a little, other muscles work, measuring errs.

    Args:
        chance: where chance comes from.
        strength: standard deviation of its root mean square at the end of the clip; see `overlaid`.
        shape: images of the clip, and cells a side of each.
    """
    images, cells = shape
    first, last = (_smooth(chance, cells) for _ in range(2))
    share = np.linspace(0.5, 1, images, dtype=np.float32)[:, None, None, None]
    far = np.float32(strength * abs(chance.normal()))
    return far * share * (share * last + (1 - share) * first)


def _smooth(chance: np.random.Generator, cells: int) -> Float32[ndarray, "2 rows columns"]:
    """Octaves of smooth noise, each as strong as it is drawn; root mean square 1 in all."""
    field = np.zeros((2, cells, cells), np.float32)
    inner = slice(_BORDER, _BORDER + cells)
    for width in _OCTAVES:
        for axis in field:
            noise = chance.standard_normal((cells + 2 * _BORDER,) * 2, np.float32)
            blurred = cv2.GaussianBlur(noise, (0, 0), width)
            axis += blurred[inner, inner] / blurred.std() * np.float32(chance.uniform())
    return field / np.sqrt(np.square(field).mean())


def _bytes(
    images: Float[Tensor, "images 3 height width"],
) -> UInt8[ndarray, "images height width 3"]:
    """Dynamic images, -1 to 1, in a quarter of the room; zero stays exactly zero."""
    last = images.permute(0, 2, 3, 1).mul(SCALE).round_().add_(ZERO).to(torch.uint8)
    return last.contiguous().numpy()


def in_memory(drawn: Sequence[SampledViews | ndarray]) -> Sequence[SampledViews | ndarray]:
    """All sampled views of the training clips, made once unless they exceed the memory limit.

    Then they are drawn whenever they are needed, the same.
    """
    if sum(one.size for one in drawn if isinstance(one, SampledViews)) > _MOST:
        return drawn
    return [one.all() if isinstance(one, SampledViews) else one for one in drawn]


def shared(
    views: SampledViews, folder: Path | None, key: str
) -> SampledViews | UInt8[ndarray, "views images size size 3"]:
    """The same sampled views out of a file, which is made if it is not there.

    Args:
        views: of one clip.
        folder: of the files of one run; where there is none, nothing is kept.
        key: of the clip.
    """
    if folder is None or not folder.is_dir():
        return views
    name = sha256(f"{__version__} {key} {views.seed}".encode()).hexdigest()[:24]
    path = folder / f"{name}{SUFFIX}"
    try:
        flat = open_prepared(path)
    except InputError:  # not there, or torn
        flat = np.concatenate(views.all())
        try:
            write_prepared(path, flat, {"clip": key, "seed": views.seed})
            flat = open_prepared(path)
        except (OSError, InputError):
            return views  # no room, or the run was finished elsewhere: only time is lost
    return flat.reshape(len(views), -1, *flat.shape[1:])
