"""Reads the frames of a video file or of a folder of images, one at a time or as one array.

Frames are RGB uint8, upright, and counted from 0. Iterating takes the memory
of one frame, however long the film.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from numpy import ndarray

from smastn.errors import InputError
from smastn.media.frame_folders import numbered_images
from smastn.media.image_files import read_image, read_images
from smastn.media.sound import Sound
from smastn.media.video import Video

FOLDER_RATE = 200.0
"""Frames per second assumed for a folder of images; CASME II and SAMM have this rate."""

MAX_BYTES = 4 * 2**30
"""The largest array `read_frames` makes, bytes."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of a film.

    Attributes:
        index: its place in the film, from 0.
        time: seconds since the first frame; in a video, by the file's own time stamps.
        image: RGB, upright.
    """

    index: int
    time: float
    image: UInt8[ndarray, "height width 3"]


class FrameStream:
    """The frames of one film; use it in a ``with`` and iterate over it once.

    Attributes:
        path: the video file or folder.
        rate: frames per second, on average.
        length: frames according to the file, or None if unknown; a damaged video has fewer.
        size: width and height of every frame after rotation, pixels.
    """

    def __init__(self, path: Path, folder_rate: float = FOLDER_RATE) -> None:
        self.path = path
        self._video: Video | None = None
        self._images: list[Path] = []
        if path.is_dir():
            self._images = numbered_images(path)
            height, width = read_image(self._images[0]).shape[:2]
            self.rate, self.size = folder_rate, (width, height)
            self.length: int | None = len(self._images)
        else:
            self._video = Video(path)
            self.rate, self.size = self._video.rate, self._video.size
            self.length = self._video.length

    @property
    def damaged(self) -> float | None:
        """Seconds after which frames of a video are missing; None while none are.

        Known for certain once all frames have been read.
        """
        return self._video.damaged if self._video else None

    def __iter__(self) -> Iterator[Frame]:
        return self.starting_at(0)

    def starting_at(self, first: int) -> Iterator[Frame]:
        """The frames from number `first` on, where possible without decoding those before.

        Raises:
            InputError: a frame cannot be read, or differs in size from the first.
        """
        if self._video is not None:
            for index, (time, image) in enumerate(self._video.frames(first), first):
                yield Frame(index, time, image)
            return
        for index, image in enumerate(read_images(self._images[first:]), first):
            yield Frame(index, index / self.rate, image)

    def sound(self) -> Sound:
        """The sound of the film, see `smastn.media.sound`; nothing where it has none."""
        return iter(()) if self._video is None else self._video.sound()

    def close(self) -> None:
        """Close the file."""
        if self._video is not None:
            self._video.close()

    def __enter__(self) -> "FrameStream":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def open_frames(path: str | Path, folder_rate: float = FOLDER_RATE) -> FrameStream:
    """Open a video file, or a folder of images in the order of the numbers in their names.

    Args:
        path: a local file or folder; nothing is downloaded.
        folder_rate: frames per second of a folder of images; a video has its own.

    Raises:
        InputError: the path is missing, neither a video nor a folder of images, or unreadable.
    """
    path = Path(path)
    if not path.exists():
        hint = "check the spelling"
        if re.match(r"[a-z]{2,}:", str(path)):
            hint = "only local files are read, so download it first"
        raise InputError(f"{path} does not exist; wanted a video or a folder of frames; {hint}")
    if not path.is_dir() and not path.is_file():
        raise InputError(f"{path} is a device or a pipe; wanted a video file; save it to a file")
    try:
        return FrameStream(path, folder_rate)
    except PermissionError as error:
        raise InputError(f"{path} cannot be read; change its permissions or copy it") from error


def read_frames(
    path: str | Path, first: int = 0, last: int | None = None
) -> UInt8[ndarray, "time height width 3"]:
    """Frames `first` to `last`, both counted, as one array; to the end where `last` is None.

    Raises:
        InputError: the film has no such frames, cannot be read, or they need too much memory.
    """
    if first < 0 or (last is not None and last < first):
        raise InputError(
            f"frames {first} to {last} of {path} were given; wanted 0 <= first <= last"
        )
    with open_frames(path) as stream:
        room = MAX_BYTES // (stream.size[0] * stream.size[1] * 3)
        images = []
        for frame in stream.starting_at(first):
            if len(images) >= room:
                raise InputError(
                    f"{path} has more than {room} frames from frame {first} on; wanted at most "
                    "so many of this size at once: give the first and last frame of a shorter part"
                )
            images.append(frame.image)
            if frame.index == last:
                break
        if not images or (last is not None and len(images) <= last - first):
            raise _too_short(stream, first, last, len(images))
    return np.stack(images)


def require_frames(
    frames: UInt8[ndarray, "time height width 3"], path: str | Path, wanted: int = 2
) -> None:
    """Return only if there are `wanted` frames or more; movement needs at least two.

    Raises:
        InputError: there are fewer.
    """
    if len(frames) < wanted:
        seen = "a single frame" if len(frames) == 1 else f"{len(frames)} frames"
        raise InputError(
            f"{path} has {seen}; wanted at least {wanted}, because movement is measured between "
            "frames: give all frames from onset to offset"
        )


def _too_short(stream: FrameStream, first: int, last: int | None, got: int) -> InputError:
    wanted = f"{first} to {last}" if last is not None else f"from {first} on"
    held = f"only {got} of them can be read" if got else "it ends before that"
    if not got and stream.length:
        held = f"it has frames 0 to {stream.length - 1}"
    damage = "" if stream.damaged is None else f" (damaged after {stream.damaged:.2f} s)"
    return InputError(
        f"frames {wanted} of {stream.path} were wanted, and {held}{damage}; correct the frame "
        "numbers, which count from 0"
    )
