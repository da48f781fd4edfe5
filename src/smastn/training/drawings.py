"""How a training clip is sampled: drawn a few times, the same wherever it is asked for.

A drawing depends on the clip's frames, a seed and its number, and on nothing of a fold.
So folds and processes can share what one of them made, as a file mapped from disk;
with and without the file the training is the same to the byte.
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
from smastn.imaging.dynamic_image import DescriptorConfig, describe
from smastn.imaging.prepared_file import SUFFIX, open_prepared, write_prepared

ZERO, SCALE = 128, 127
"""The byte of "nothing moved", and how many bytes lie between it and 1.

Rounding to whole bytes errs by 0.0023, a ninth of what `AugmentConfig.noise` adds by default.
"""

_MOST = 2 << 30


@dataclass(frozen=True, slots=True)
class Drawings:
    """The drawings of one clip, each made when it is asked for.

    Attributes:
        frames: the prepared clip.
        descriptor: frames to dynamic images.
        trim: largest part cut off at either end.
        count: how many drawings there are.
        seed: of what is drawn.
    """

    frames: UInt8[ndarray, "time size size 3"]
    descriptor: DescriptorConfig
    trim: float
    count: int
    seed: int

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, number: int) -> UInt8[ndarray, "images size size 3"]:
        """The dynamic images of one drawing, as bytes."""
        if self.descriptor.flow:  # pictures are as they are
            return _bytes(describe(self.frames, self.descriptor))
        chance = np.random.default_rng((self.seed, number))
        cut = (chance.random(2) * self.trim * len(self.frames)).astype(int)
        draw = chance.random((self.descriptor.segments, self.descriptor.frames))
        images = describe(self.frames[cut[0] : len(self.frames) - cut[1]], self.descriptor, draw)
        return _bytes(images)

    def all(self) -> UInt8[ndarray, "drawings images size size 3"]:
        """All of them."""
        return np.stack([self[number] for number in range(self.count)])

    @property
    def size(self) -> int:
        """Bytes of all of them."""
        return self.count * self.descriptor.images * self.frames[0].size


def _bytes(
    images: Float[Tensor, "images 3 height width"],
) -> UInt8[ndarray, "images height width 3"]:
    """Dynamic images, -1 to 1, in a quarter of the room; zero stays exactly zero."""
    last = images.permute(0, 2, 3, 1).mul(SCALE).round_().add_(ZERO).to(torch.uint8)
    return last.contiguous().numpy()


def in_memory(drawn: Sequence[Drawings | ndarray]) -> Sequence[Drawings | ndarray]:
    """All drawings of a training's clips, made once, unless they are more than memory should hold.

    Then they are drawn whenever they are needed, the same.
    """
    if sum(one.size for one in drawn if isinstance(one, Drawings)) > _MOST:
        return drawn
    return [one.all() if isinstance(one, Drawings) else one for one in drawn]


def shared(
    drawings: Drawings, folder: Path | None, key: str
) -> Drawings | UInt8[ndarray, "drawings images size size 3"]:
    """The same drawings out of a file, which is made if it is not there.

    Args:
        drawings: of one clip.
        folder: of the files of one run; where there is none, nothing is kept.
        key: of the clip.
    """
    if folder is None or not folder.is_dir():
        return drawings
    name = sha256(f"{__version__} {key} {drawings.seed}".encode()).hexdigest()[:24]
    path = folder / f"{name}{SUFFIX}"
    try:
        flat = open_prepared(path)
    except InputError:  # not there, or torn
        flat = np.concatenate(drawings.all())
        try:
            write_prepared(path, flat, {"clip": key, "seed": drawings.seed})
            flat = open_prepared(path)
        except (OSError, InputError):
            return drawings  # no room, or the run was finished elsewhere: only time is lost
    return flat.reshape(len(drawings), -1, *flat.shape[1:])
