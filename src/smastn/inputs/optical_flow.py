"""Public flow images as a clip's images.

Red, green and blue are u, v and strain, each scaled to 0..255 for itself in each
image. So amplitudes are lost, between clips, between the images of a clip and between
u and v; and so is the grey level of "no movement". In a micro-expression most of the face is
still, so the median of u and of v estimates that level; strain cannot be negative, so its
zero is its darkest value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from jaxtyping import Float, Int64, UInt8
from numpy import ndarray
from torch import Tensor

from smastn.corpora.clip import Clip
from smastn.corpora.flow_images import FLOW, Part, flow_images
from smastn.errors import ConfigError, InputError
from smastn.faces.preparation import PreparationConfig
from smastn.inputs.chance import Chance
from smastn.inputs.input import Prepare
from smastn.inputs.movement import MovementInput, channel_scale
from smastn.media.frame_array import Frames, checked_frames
from smastn.media.image_files import read_image

CROPS: Mapping[Part, tuple[float, float, float, float]] = {"ststnet": (1.186, -2.51, 1.134, -5.04)}
"""Where a pixel of the common crop lies in an image that was cropped otherwise.

Scale and shift of x, then of y, in pixels of 28. STSTNet's faces fill more of the
image: ``experiments/register_flow_crops.py`` registers the average movement of both, without
labels.
"""

_BACK = ("apex-offset", "direction to offset")


@dataclass(frozen=True, slots=True)
class FlowImages(MovementInput):
    """Public flow images, one for each part of the movement.

    Attributes:
        parts: which images of a clip, as in ``["onset-apex", "ststnet"]``.
    """

    film = False
    image_crop = "flow"
    parts: tuple[Part, ...] = ("onset-apex",)

    def __post_init__(self) -> None:
        if not self.parts:
            raise ConfigError('parts is []; wanted at least one, as in ["onset-apex"]')

    @property
    def image_names(self) -> tuple[str, ...]:
        """The parts."""
        return self.parts

    def describe(
        self, frames: Frames, chance: Chance | None = None
    ) -> Float[Tensor, "images 3 size size"]:
        """The movement in each flow image; nothing is sampled; see `Input.describe`.

        Raises:
            InputError: not one image for each part.
        """
        frames = checked_frames(frames)
        if len(frames) != len(self.parts):
            raise InputError(
                f"{len(frames)} frames were given; wanted one flow image each of "
                f"{', '.join(self.parts)}: frames of a film are for a network trained on frames"
            )
        return flow_movement(frames, self.parts)

    def frames_read(self, length: int) -> Int64[ndarray, " frames"]:
        """Refuse the frames of a film; see `Input.frames_read`."""
        raise InputError(
            f"the network was trained on flow images ({', '.join(self.parts)}); wanted these, not "
            "frames of a film: load a checkpoint trained on frames"
        )

    def require_corpora(self, corpora: Sequence[str]) -> None:
        """Return only for the corpus of flow images; see `Input.require_corpora`."""
        if tuple(corpora) != (FLOW,):
            raise ConfigError(
                f'data.corpora is {list(corpora)}, and [input] has kind = "flow"; wanted '
                f'corpora = ["{FLOW}"], or another kind of input'
            )

    def read_clips(
        self, root: Path, clips: Sequence[Clip], config: PreparationConfig, prepare: Prepare
    ) -> tuple[Mapping[str, ndarray], Mapping[str, str]]:
        """The flow images of every clip under `root`; see `Input.read_clips`."""
        return flow_frames(root, self.parts, config.size), {}


def flow_frames(
    root: Path, parts: Sequence[Part], size: int
) -> dict[str, UInt8[ndarray, "parts size size 3"]]:
    """The flow images of every clip under `root` by its key, one per part, `size` pixels wide.

    All show the same region of the face.

    Raises:
        InputError: an image is missing or cannot be decoded.
    """
    found: dict[str, list[ndarray]] = {}
    for place, part in enumerate(parts):
        for image in flow_images(root, part):
            rows = found.setdefault(image.key, [])
            if len(rows) == place:
                rows.append(scaled(aligned(read_image(image.source), image.part), size))
    if odd := [key for key, rows in found.items() if len(rows) < len(parts)]:
        raise InputError(
            f"{root}: {odd[0]} has not all of {', '.join(parts)}; wanted one image each: fetch "
            "the folder again, or name fewer in input.parts"
        )
    return {key: np.stack(rows) for key, rows in found.items()}


def aligned(
    picture: UInt8[ndarray, "height width 3"], part: Part
) -> UInt8[ndarray, "height width 3"]:
    """The image with eyes and mouth where the images of the other parts have them.

    What lies outside it is taken from its edge.
    """
    if part not in CROPS:
        return picture
    across, left, down, top = CROPS[part]
    height, width = picture.shape[:2]
    matrix = np.array([[across, 0, left * width / 28], [0, down, top * height / 28]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    border = cv2.BORDER_REPLICATE
    moved = cv2.warpAffine(picture, matrix, (width, height), flags=flags, borderMode=border)
    return np.asarray(moved, np.uint8)


def scaled(picture: UInt8[ndarray, "height width 3"], size: int) -> UInt8[ndarray, "size size 3"]:
    """The image, `size` pixels a side."""
    if picture.shape[:2] == (size, size):
        return picture
    smaller = size < min(picture.shape[:2])
    method = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, (size, size), interpolation=method), np.uint8)


def flow_movement(
    pictures: UInt8[ndarray, "parts height width 3"], parts: Sequence[Part]
) -> Float[Tensor, "parts 3 height width"]:
    """u, v and strain of each image, -1 to 1, with an estimated zero.

    The unit of each channel of each image is four times its root mean square, since no common
    scale was kept. An image of one grey level gives zero. From apex to offset the face returns;
    u and v are negated there, so that all images of a clip show one movement.
    """
    values = torch.as_tensor(pictures).movedim(-1, -3).float()
    flat = values.flatten(-2)
    zero = torch.cat([flat[:, :2].median(-1).values, flat[:, 2:].min(-1).values], dim=1)
    moved = values - zero[:, :, None, None]
    images = channel_scale(moved)
    images[[part in _BACK for part in parts], :2] *= -1
    return images
