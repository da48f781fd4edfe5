"""Folders of frames: image files in the order of their numbers.

Zero padding differs inside one corpus, numbering has gaps, and there are stray files
between the images; so a frame's number is the last run of digits in its name,
and the order is the order of these numbers.
"""

import os
import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from smastn.errors import InputError
from smastn.media.image_files import IMAGE_SUFFIXES

_DIGITS = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class FrameFolder:
    """The images of one folder in the order of their numbers.

    Attributes:
        path: the folder.
        numbers: the frame numbers, ascending; a number may occur twice (``1.jpg``, ``001.jpg``).
        files: the file names, in the same order.
        strays: names of files that are not numbered images.
    """

    path: Path
    numbers: tuple[int, ...]
    files: tuple[str, ...]
    strays: tuple[str, ...] = ()


def frame_number(name: str) -> int | None:
    """The number of a frame: the last run of digits before the ending, or None.

    ``reg_EP01_5-116.jpg`` is 116, ``VIS 00123.jpg`` is 123.
    """
    runs = _DIGITS.findall(name.rpartition(".")[0] or name)
    return int(runs[-1]) if runs else None


def numbered_images(folder: str | Path) -> list[Path]:
    """The images in `folder`, in the order of their numbers; other files are ignored.

    Raises:
        InputError: there is no numbered image, or two have the same number.
    """
    found = index_frames(folder)
    for number, (one, other) in zip(found.numbers, pairwise(found.files), strict=False):
        if frame_number(other) == number:
            raise InputError(
                f"{folder} holds two images numbered {number}, {one} and {other}, so their order "
                "is unknown; put each clip into a folder of its own"
            )
    if not found.files:
        raise InputError(
            f"{folder} holds no numbered images; wanted files such as img001.jpg "
            f"({', '.join(IMAGE_SUFFIXES)}); name a folder of frames or a video file"
        )
    return [found.path / file for file in found.files]


def index_frames(folder: str | Path, root: str | Path | None = None) -> FrameFolder:
    """The numbered images directly in `folder`.

    Raises:
        InputError: the folder cannot be read, or a link in it leads out of `root`.
    """
    folder = Path(folder)
    frames: list[tuple[int, str]] = []
    strays: list[str] = []
    for entry in _entries(folder, root):
        if entry.is_dir():
            continue
        number = frame_number(entry.name)
        hidden = entry.name.startswith(".")
        if number is None or hidden or not entry.name.lower().endswith(IMAGE_SUFFIXES):
            strays.append(entry.name)
        else:
            frames.append((number, entry.name))
    frames.sort()
    numbers = tuple(number for number, _ in frames)
    return FrameFolder(folder, numbers, tuple(name for _, name in frames), tuple(sorted(strays)))


def subfolders(folder: str | Path, root: str | Path) -> dict[str, Path]:
    """The folders directly in `folder`, by name in lower case, sorted; hidden ones left out.

    Raises:
        InputError: the folder cannot be read, or a link in it leads out of `root`.
    """
    found = sorted(
        (entry.name.casefold(), Path(entry.path))
        for entry in _entries(folder, root)
        if not entry.name.startswith(".") and entry.is_dir()
    )
    folders: dict[str, Path] = {}
    for name, path in found:
        folders.setdefault(name, path)  # of two names that differ only in case, the first is used
    return folders


def files_named(folder: str | Path, pattern: re.Pattern[str], root: str | Path) -> list[Path]:
    """The files directly in `folder` whose whole name matches `pattern`, sorted."""
    return sorted(
        Path(entry.path)
        for entry in _entries(folder, root)
        if entry.is_file() and pattern.fullmatch(entry.name)
    )


def folder_entries(folder: str | Path) -> list[str]:
    """Names of everything directly in `folder`, sorted.

    Raises:
        InputError: the folder cannot be read.
    """
    return sorted(entry.name for entry in _entries(folder, None))


def _entries(folder: str | Path, root: str | Path | None) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as listing:
            entries = list(listing)
    except OSError as error:
        raise InputError(
            f"{folder} cannot be read ({error.strerror}); wanted a folder that may be listed: "
            "correct its permissions"
        ) from error
    for entry in entries:
        if root is not None and entry.is_symlink():
            _refuse_leaving(Path(entry.path), Path(root))
    return entries


def _refuse_leaving(link: Path, root: Path) -> None:
    target = link.resolve()
    if not target.is_relative_to(root.resolve()):
        raise InputError(
            f"{link} is a link that leads out of the corpus, to {target}; wanted all files under "
            f"{root}: copy them there, or name the folder that contains them"
        )
