"""Finds the films in a folder: the folder is one film, or contains several."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from smastn.errors import InputError
from smastn.media.image_files import IMAGE_SUFFIXES

FILM_SUFFIXES = (
    *(".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".mts", ".m2ts", ".ts"),
    *(".flv", ".wmv", ".asf", ".ogv", ".ogg", ".3gp", ".3g2", ".mxf", ".dv", ".gif"),
)
"""Suffixes of video files; other files in a folder are ignored."""

_FEWEST = 2  # pictures in a folder that may be the frames of a film


@dataclass(frozen=True, slots=True)
class Films:
    """The films in a folder.

    Attributes:
        paths: video files and folders of frames, in order of their names.
        one: the folder itself is the film.
        left: number of images beside films that belong to no film.
    """

    paths: tuple[Path, ...]
    one: bool
    left: int


def films_in(folder: Path, leave: str) -> Films:
    """The film that a folder is, or the films in it and its subfolders.

    A folder of images is the frames of one film. If there are videos beside them, the
    images are covers or stills, and are ignored.

    Args:
        folder: to look through.
        leave: folders with a file of this name are results and not looked into.

    Raises:
        InputError: there is neither a film nor a folder of pictures in it.
    """
    seen = list(_folders(folder, leave))
    videos = [path for _, films, _ in seen for path in films]
    stacks = [
        (where, pictures) for where, films, pictures in seen if pictures >= _FEWEST and not films
    ]
    if not videos and [where for where, _ in stacks] == [folder]:
        return Films((folder,), True, 0)
    if videos:  # pictures in the folder itself, beside others' folders, are no film either
        stacks = [(where, pictures) for where, pictures in stacks if where != folder]
    paths = sorted([*videos, *(where for where, _ in stacks)])
    if not paths:
        raise InputError(
            f"{folder} holds no numbered pictures and no film; wanted videos "
            f"({', '.join(FILM_SUFFIXES[:6])} and others) or folders of pictures; name another"
        )
    if not videos and folder in paths:
        raise InputError(
            f"{folder} holds pictures and also folders of pictures, so whether it is one film or "
            f"{len(paths) - 1} is unknown; put the pictures into a folder of their own"
        )
    left = sum(pictures for _, _, pictures in seen) - sum(pictures for _, pictures in stacks)
    return Films(tuple(paths), False, left)


def film_bytes(path: Path) -> int:
    """How large a video file, or all pictures of a folder, are on disk."""
    if path.is_file():
        return path.stat().st_size
    pictures = (one for one in path.iterdir() if one.suffix.lower() in IMAGE_SUFFIXES)
    return sum(one.stat().st_size for one in pictures)


def _folders(folder: Path, leave: str) -> Iterator[tuple[Path, list[Path], int]]:
    """Each folder with the films and the number of pictures that lie directly in it."""
    for where, below, names in os.walk(folder):
        if leave in names and Path(where) != folder:
            below.clear()
            continue
        below[:] = sorted(name for name in below if not name.startswith("."))
        shown = [name for name in names if not name.startswith(".")]
        films = [Path(where, name) for name in shown if Path(name).suffix.lower() in FILM_SUFFIXES]
        pictures = sum(Path(name).suffix.lower() in IMAGE_SUFFIXES for name in shown)
        yield Path(where), films, pictures
