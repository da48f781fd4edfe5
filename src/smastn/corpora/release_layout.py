"""Finds the sheets and the subjects' folders of a release, however it was unpacked.

Archives of one corpus unpack to ``CASME2_RAW/CASME2-RAW/sub01``, to
``CASME2-RAW/sub01`` or to another depth; only the names of the subjects'
folders and of the sheet stay the same.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from smastn.corpora.sheets import refuse_if_open
from smastn.errors import InputError
from smastn.media.frame_folders import files_named, folder_entries, subfolders

_MOST_FOLDERS = 2_000  # searched; a wrong root may be a whole disk
_SHEET_ENDING = r".*\.(?:xlsx|xls|csv)"


@dataclass(frozen=True, slots=True)
class Release:
    """Directory layout of a corpus as it is distributed.

    Attributes:
        corpus: its short name.
        sheet: pattern of the beginning of its sheet's name.
        subjects: pattern of a subject's folder, with the number as its group; "" if unused.
        wanted: what its root holds, in words, for messages.
        depth: how many folders below the root the sheet may lie.
    """

    corpus: str
    sheet: str
    subjects: str
    wanted: str
    depth: int = 1

    def found_in(self, root: Path) -> bool:
        """Whether `root` looks like this release: its sheet and its subjects' folders are there."""
        return bool(find_sheets(root, self.sheet, self.depth)) and (
            not self.subjects or bool(subject_levels(root, self.subjects))
        )


def find_sheets(root: Path, start: str, depth: int = 1) -> list[Path]:
    """Sheets in `root` or `depth` folders below whose names begin with `start`, nearest first.

    Raises:
        InputError: a folder cannot be read, or the only sheet is open in another program.
    """
    pattern = re.compile(start + _SHEET_ENDING, re.IGNORECASE)
    found: list[Path] = []
    for folder in (root, *_below(root, depth)):
        found += files_named(folder, pattern, root)
    if not found:
        # A program that has the sheet open may have hidden it; its lock file is there.
        for lock in files_named(root, re.compile(r"~\$" + pattern.pattern, re.IGNORECASE), root):
            refuse_if_open(lock.with_name(lock.name[2:]))
    return found


def require_sheet(root: Path, release: Release) -> list[Path]:
    """The sheet of a release, followed by others of the same kind.

    Raises:
        InputError: `root` is no folder, or has no such sheet (the message names a folder
            nearby that has).
    """
    require_folder(root)
    sheets = find_sheets(root, release.sheet, release.depth)
    if not sheets:
        raise wrong_level(
            root, lambda folder: bool(find_sheets(folder, release.sheet, release.depth)), release
        )
    return sheets


def subject_levels(root: Path, subjects: str, depth: int = 4) -> list[Path]:
    """Folders at or below `root` that hold folders named like subjects, nearest first."""
    pattern = re.compile(subjects, re.IGNORECASE)
    found: list[Path] = []
    level = [root]
    for _ in range(depth + 1):
        below: list[Path] = []
        for folder in level[:_MOST_FOLDERS]:
            children = subfolders(folder, root)
            if any(pattern.fullmatch(name) for name in children):
                found.append(folder)
            else:
                below += children.values()
        level = below
    return found


def require_subjects(root: Path, release: Release) -> list[Path]:
    """Like `subject_levels`, at least one.

    Raises:
        InputError: there are no subjects' folders (the message names a folder nearby that has
            some).
    """
    levels = subject_levels(root, release.subjects)
    if not levels:
        raise wrong_level(root, lambda at: bool(subject_levels(at, release.subjects, 2)), release)
    return levels


def folders_like(root: Path, looks_right: Callable[[Path], bool], depth: int) -> list[Path]:
    """Folders at or below `root` that look right, nearest first, to `depth` levels down."""
    return [folder for folder in (root, *_below(root, depth)) if looks_right(folder)]


def clip_folders(level: Path, subjects: str, root: Path) -> dict[tuple[int, str], Path]:
    """Clips' folders by the subject's number and the clip's name in lower case."""
    return {
        (subject, name): clip
        for subject, folder in subject_folders(level, subjects, root).items()
        for name, clip in subfolders(folder, root).items()
    }


def subject_folders(level: Path, subjects: str, root: Path) -> dict[int, Path]:
    """Subjects' folders directly in `level`, by the number in their names."""
    pattern = re.compile(subjects, re.IGNORECASE)
    named = ((pattern.fullmatch(name), path) for name, path in subfolders(level, root).items())
    return {int(found[1]): path for found, path in named if found}


def require_folder(root: Path) -> None:
    """Refuse a root that is no folder.

    Raises:
        InputError: there is nothing at `root`, or a file.
    """
    if not root.is_dir():
        seen = "is a file" if root.exists() else "does not exist"
        raise InputError(f"{root} {seen}; wanted the folder of a corpus as it was distributed")


def wrong_level(root: Path, looks_right: Callable[[Path], bool], release: Release) -> InputError:
    """The error for a root without a readable release; names a folder nearby that looks right."""
    near = chain(root.resolve().parents[:5], _below(root, 3))
    better = next(_readable(near, looks_right), None)
    inside = ", ".join(folder_entries(root)[:5]) or "nothing"
    hint = f"{better} looks right: name that" if better else "name the folder that holds it"
    return InputError(f"{root} holds {inside}; {release.corpus} wants {release.wanted}: {hint}")


def _readable(folders: Iterable[Path], looks_right: Callable[[Path], bool]) -> Iterator[Path]:
    for folder in folders:
        try:
            if looks_right(folder):
                yield folder
        except InputError:
            continue  # folders around the root may be unreadable


def _below(root: Path, depth: int) -> Iterator[Path]:
    """Folders below `root`, nearest first, `depth` levels down, a bounded number of them."""
    level = [root]
    seen = 0
    for _ in range(depth):
        level = [child for folder in level for child in subfolders(folder, root).values()]
        yield from level[: _MOST_FOLDERS - seen]
        seen += len(level)
        if seen >= _MOST_FOLDERS:
            return
