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

_FEWEST = 2  # images in a folder that may be the frames of a film


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


def films_in(folder: str | Path, leave: str) -> Films:
    """The film that a folder is, or the films in it and its subfolders.

    A folder of images is the frames of one film. If there are videos beside them, the
    images are covers or stills, and are ignored. Folders with a file called `leave` are results
    and are skipped.

    Raises:
        InputError: there is neither a film nor a folder of images in it.
    """
    folder = Path(folder)
    seen = list(_folders(folder, leave))
    videos = [path for _, films, _ in seen for path in films]
    stacks = [(where, images) for where, films, images in seen if images >= _FEWEST and not films]
    if not videos and [where for where, _ in stacks] == [folder]:
        return Films((folder,), True, 0)
    if videos:  # images in the folder itself, beside other films, are no film either
        stacks = [(where, images) for where, images in stacks if where != folder]
    paths = sorted([*videos, *(where for where, _ in stacks)])
    if not paths:
        raise InputError(
            f"{folder} holds no numbered images and no film; wanted videos "
            f"({', '.join(FILM_SUFFIXES[:6])} and others) or folders of images; name another"
        )
    if not videos and folder in paths:
        raise InputError(
            f"{folder} holds images and also folders of images, so it is unknown whether it is "
            f"one film or {len(paths) - 1}; put the images into a folder of their own"
        )
    left = sum(images for _, _, images in seen) - sum(images for _, images in stacks)
    return Films(tuple(paths), False, left)


def film_bytes(path: str | Path) -> int:
    """Size of a video file, or of all images of a folder, in bytes."""
    path = Path(path)
    if path.is_file():
        return path.stat().st_size
    images = (one for one in path.iterdir() if one.suffix.lower() in IMAGE_SUFFIXES)
    return sum(one.stat().st_size for one in images)


def _folders(folder: Path, leave: str) -> Iterator[tuple[Path, list[Path], int]]:
    """Each folder with the films and the number of images directly in it."""
    for where, below, names in os.walk(folder):
        if leave in names and Path(where) != folder:
            below.clear()
            continue
        below[:] = sorted(name for name in below if not name.startswith("."))
        shown = [name for name in names if not name.startswith(".")]
        films = [Path(where, name) for name in shown if Path(name).suffix.lower() in FILM_SUFFIXES]
        images = sum(Path(name).suffix.lower() in IMAGE_SUFFIXES for name in shown)
        yield Path(where), films, images
