"""Finds the sheets and the level of people inside a release, however it was unpacked.

Archives of one corpus unpack to ``CASME2_RAW/CASME2-RAW/sub01``, to
``CASME2-RAW/sub01`` or to something else again; what stays the same is the look
of the subjects' folders and of the sheet's name.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from smastn.corpora.sheets import refuse_if_open
from smastn.errors import InputError
from smastn.media.frame_folders import files_named, folder_entries, subfolders

_LOOKED_AT = 2_000  # folders; a wrong root may be a whole disk
_SHEET_ENDING = r".*\.(?:xlsx|xls|csv)"


@dataclass(frozen=True, slots=True)
class Release:
    """What a corpus looks like on disk.

    Attributes:
        corpus: its short name.
        sheet: pattern at the start of its sheet's name, or "" where it has none.
        people: pattern of a subject's folder.
        wanted: what its root holds, in words, for messages.
        depth: how many folders below the root the sheet may lie.
    """

    corpus: str
    sheet: str
    people: str
    wanted: str
    depth: int = 1


def find_sheets(root: Path, start: str, depth: int = 1) -> list[Path]:
    """Sheets in `root` or `depth` folders below whose names begin with `start`, nearest first.

    Raises:
        InputError: a folder cannot be read, or only a lock file is there.
    """
    pattern = re.compile(start + _SHEET_ENDING, re.IGNORECASE)
    found: list[Path] = []
    for folder in (root, *_below(root, depth)):
        found += files_named(folder, pattern, root)
    if not found:
        # The program that holds the sheet may have hidden it; its lock file still tells.
        for lock in files_named(root, re.compile(r"~\$" + pattern.pattern, re.IGNORECASE), root):
            refuse_if_open(lock.with_name(lock.name[2:]))
    return found


def require_sheet(root: Path, release: Release) -> tuple[Path, list[Path]]:
    """The sheet of a release and, after it, others of the same kind that were not used.

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
    return sheets[0], sheets[1:]


def people_levels(root: Path, people: str, depth: int = 4) -> list[Path]:
    """Folders at or below `root` whose own folders are named like people, nearest first."""
    return list(_people_levels(root, re.compile(people, re.IGNORECASE), depth))


def require_people(root: Path, release: Release) -> list[Path]:
    """Like `people_levels`, at least one.

    Raises:
        InputError: nobody's folder is there (the message names a folder nearby that has some).
    """
    require_folder(root)
    levels = people_levels(root, release.people)
    if not levels:
        raise wrong_level(root, lambda at: bool(people_levels(at, release.people, 2)), release)
    return levels


def folders_like(root: Path, looks_right: Callable[[Path], bool], depth: int) -> list[Path]:
    """Folders at or below `root` that look right, nearest first, to `depth` levels down."""
    near = [root, *_below(root, depth)]
    return [folder for folder in near if looks_right(folder)]


def clip_folders(level: Path, people: str, root: Path) -> dict[tuple[int, str], Path]:
    """Folders of clips below people: (person's number, clip's name in lower case) and path."""
    found: dict[tuple[int, str], Path] = {}
    for person, folder in person_folders(level, people, root).items():
        for name, clip in subfolders(folder, root).items():
            found[person, name] = clip
    return found


def person_folders(level: Path, people: str, root: Path) -> dict[int, Path]:
    """People's folders directly in `level`, by the number in their names."""
    pattern = re.compile(people, re.IGNORECASE)
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
    """The error for a root that holds nothing readable; names a neighbour that looks right."""
    above = root.resolve().parents[:5]
    better = next(islice(_right(above, looks_right), 1), None)
    better = better or next(islice(_right(_below(root, 3), looks_right), 1), None)
    inside = ", ".join(folder_entries(root)[:5]) or "nothing"
    hint = f"{better} looks right: name that" if better else "name the folder that holds it"
    return InputError(f"{root} holds {inside}; {release.corpus} wants {release.wanted}: {hint}")


def _right(folders: Iterable[Path], looks_right: Callable[[Path], bool]) -> Iterator[Path]:
    for folder in folders:
        try:
            if looks_right(folder):
                yield folder
        except InputError:
            continue  # around the root lies much that cannot be read; it is merely no candidate


def _below(root: Path, depth: int) -> Iterator[Path]:
    """Folders below `root`, nearest first, `depth` levels down, not too many."""
    level = [root]
    seen = 0
    for _ in range(depth):
        level = [child for folder in level for child in subfolders(folder, root).values()]
        yield from level[: _LOOKED_AT - seen]
        seen += len(level)
        if seen >= _LOOKED_AT:
            return


def _people_levels(root: Path, people: re.Pattern[str], depth: int) -> Iterator[Path]:
    level = [root]
    for _ in range(depth + 1):
        below: list[Path] = []
        for folder in level[:_LOOKED_AT]:
            children = subfolders(folder, root)
            if any(people.fullmatch(name) for name in children):
                yield folder
            else:
                below += children.values()
        level = below
