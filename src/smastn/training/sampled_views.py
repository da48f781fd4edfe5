"""Sampled views of a training clip: its images with trim, frames and displacement drawn at random.

A view depends on the clip's frames, a seed and its number, and on nothing of a fold. So folds
and processes can share the views that one of them made, as a file mapped from disk; with and
without the file the training is the same to the byte.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, UInt8
from numpy import ndarray
from torch import Tensor

from smastn import __version__
from smastn.errors import InputError
from smastn.faces.prepared_file import SUFFIX, open_prepared, write_prepared
from smastn.inputs.chance import Chance
from smastn.inputs.input import Input, checked_images

ZERO, SCALE = 128, 127
"""The byte of "nothing moved", and how many bytes lie between it and 1.

Rounding to whole bytes errs by 0.0023, a ninth of what `AugmentConfig.noise` adds by default.
"""

_MOST = 2 << 30


@dataclass(frozen=True, slots=True)
class SampledViews:
    """The sampled views of one clip, each made when it is indexed.

    Attributes:
        frames: the prepared clip.
        input: makes its images.
        trim: largest part cut off at either end.
        count: how many sampled views there are.
        seed: of all that is drawn.
        random_displacement: see `Chance.displacements`.
    """

    frames: UInt8[ndarray, "time size size 3"]
    input: Input
    trim: float
    count: int
    seed: int
    random_displacement: float = 0.0

    def __len__(self) -> int:
        return self.count if self.input.film else 1

    def __getitem__(self, number: int) -> UInt8[ndarray, "images size size 3"]:
        """The images of one view, as bytes."""
        if not self.input.film:
            return _bytes(checked_images(self.input.describe(self.frames), self.input))
        generator = np.random.default_rng((self.seed, number))
        cut = (generator.random(2) * self.trim * len(self.frames)).astype(int)
        frames = self.frames[cut[0] : len(self.frames) - cut[1]]
        images = self.input.describe(frames, Chance(generator, self.random_displacement))
        return _bytes(checked_images(images, self.input))

    def all(self) -> UInt8[ndarray, "views images size size 3"]:
        """All of them."""
        return np.stack([self[number] for number in range(len(self))])

    @property
    def size(self) -> int:
        """Bytes of all of them, at most."""
        return len(self) * len(self.input.image_names) * self.frames[0].size


def _bytes(
    images: Float[Tensor, "images 3 size size"],
) -> UInt8[ndarray, "images size size 3"]:
    """Images from -1 to 1 in a quarter of the memory; zero stays exactly zero."""
    last = images.permute(0, 2, 3, 1).mul(SCALE).round_().add_(ZERO).to(torch.uint8)
    return last.contiguous().numpy()


def in_memory(drawn: Sequence[SampledViews | ndarray]) -> Sequence[SampledViews | ndarray]:
    """The sampled views of all training clips, made once unless they exceed the memory limit.

    Above it they are made whenever they are needed, with the same result.
    """
    if sum(one.size for one in drawn if isinstance(one, SampledViews)) > _MOST:
        return drawn
    return [one.all() if isinstance(one, SampledViews) else one for one in drawn]


def shared(
    views: SampledViews, folder: Path | None, key: str
) -> SampledViews | UInt8[ndarray, "views images size size 3"]:
    """The same sampled views from a file, which is written if it is missing.

    Args:
        views: of one clip.
        folder: of the files of one run; without it nothing is kept.
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
            return views  # disk full, or the run was finished elsewhere: only time is lost
    return flat.reshape(len(views), -1, *flat.shape[1:])
