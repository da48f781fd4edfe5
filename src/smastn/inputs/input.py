"""The one type that all inputs have: a few images of a clip, and all that depends on them.

An input is a frozen dataclass. Its fields are its settings. Its methods make the images from
prepared frames, and mirror, turn and draw them. Other rooms call these methods and do not
ask which kind of input they have.
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Literal, Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Bool, Float, Int64, UInt8
from numpy import ndarray
from torch import Tensor

from smastn.corpora.clip import Clip
from smastn.corpora.flow_images import FLOW
from smastn.errors import ConfigError, InputError
from smastn.faces.preparation import PreparationConfig
from smastn.faces.prepared_clips import PreparedClips
from smastn.inputs.chance import Chance
from smastn.inputs.rendering import signed_pictures
from smastn.media.frame_array import Frames

Prepare = Callable[..., PreparedClips]
"""`smastn.faces.prepared_clips.prepare_clips`, with its folder and workers already chosen."""


Crop = Literal["face", "flow", "unknown"]
"""How images are cropped: ``face`` by `face_alignment`, ``flow`` as the public flow images."""


@runtime_checkable
class Input(Protocol):
    """What a network sees of a clip.

    A frozen dataclass that inherits from this class has to define `image_names` and `describe`.
    All else suits images of brightness that are made from the frames of a film, and can be
    replaced.

    Attributes:
        film: whether prepared frames are those of a film, in order: they are trimmed and sampled
            in training, and may be shown as pictures of the face.
        legend: what the colours of the drawn images mean.
        image_crop: how the images are cropped, unless the frames were already cropped.
    """

    film: ClassVar[bool] = True
    image_crop: ClassVar[Crop] = "face"
    legend: ClassVar[str] = "grey is no change, amber is brighter, blue is darker"

    @property
    @abstractmethod
    def image_names(self) -> tuple[str, ...]:
        """What each image covers, for people; as many names as images."""
        ...

    def image_side(self, size: int) -> int:
        """Side of the images of prepared frames of this side, pixels."""
        return size

    @abstractmethod
    def describe(
        self, frames: Frames, chance: Chance | None = None
    ) -> Float[Tensor, "images 3 size size"]:
        """The images of a clip, from -1 to 1; 0 where nothing moved.

        Args:
            frames: the prepared clip; frames that are not in `frames_read` may be black.
            chance: draws a sampled view in training. Without it, the same clip always gives the
                same images.
        """
        ...

    def frames_read(self, length: int) -> Int64[ndarray, " frames"]:
        """Which frames of a clip of that length `describe` reads without `chance`, in order.

        Raises:
            InputError: the images are not made from the frames of a film.
        """
        return np.arange(length)

    def turned(
        self,
        images: Float[Tensor, "clips images 3 size size"],
        angle: Float[Tensor, " clips"],
        mirrored: Bool[Tensor, " clips"],
    ) -> Float[Tensor, "clips images 3 size size"]:
        """Images whose pixels have been moved, with the values that they must have now.

        Brightness stays as it is. Arrows turn and flip with the image.

        Args:
            images: already mirrored left to right where `mirrored` says so, then turned.
            angle: by how much, radians.
            mirrored: which clips.
        """
        return images

    def mirror(
        self, images: Float[Tensor, "images 3 size size"]
    ) -> Float[Tensor, "images 3 size size"]:
        """The images of the mirrored face."""
        return self.turned(images.flip(-1)[None], torch.zeros(1), torch.ones(1, dtype=torch.bool))[
            0
        ]

    def draw(
        self, images: Float[ndarray, "images 3 size size"]
    ) -> UInt8[ndarray, "images size size 3"]:
        """The images of one clip as pictures for people, as `legend` says."""
        return signed_pictures(images)

    def require_corpora(self, corpora: Sequence[str]) -> None:
        """Return only if the frames of these corpora are what `describe` takes.

        Raises:
            ConfigError: they are not.
        """
        if FLOW in corpora:
            raise ConfigError(
                f"data.corpora is {list(corpora)}, whose clips are flow images; wanted an input "
                'that reads them: write kind = "flow" in [input], or name a corpus of films'
            )

    def read_clips(
        self, root: Path, clips: Sequence[Clip], config: PreparationConfig, prepare: Prepare
    ) -> tuple[Mapping[str, ndarray] | PreparedClips, Mapping[str, str]]:
        """The prepared frames of clips by key, and why a clip has none.

        Args:
            root: folder of the corpus.
            clips: all clips.
            config: how films are prepared.
            prepare: prepares films.

        Raises:
            InputError: the frames are missing or cannot be read.
        """
        ready = prepare(clips, config=config)
        return ready, ready.failed


def checked_images(images: Tensor, source: Input) -> Float[Tensor, "images 3 size size"]:
    """The images that `source` made, if they are as wanted.

    Raises:
        InputError: another number of images or channels, not square, or a value outside -1 to 1.
    """
    wanted = len(source.image_names)
    size = images.shape[-1]
    if images.shape == (wanted, 3, size, size) and size and bool((images.abs() <= 1).all()):
        return images
    shape = " x ".join(map(str, images.shape))
    largest = f" up to {float(images.abs().max()):.3g}" if images.numel() else ""
    raise InputError(
        f"{type(source).__name__}.describe gave {shape} values{largest}; wanted {wanted} x 3 x "
        "size x size from -1 to 1, an image for each of image_names: correct it"
    )
