"""What several readers do alike: choosing a tree of pictures, reading a row, last checks."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from smastn.corpora.annotations import Annotation, Defect
from smastn.corpora.normalise import action_units, emotion_name, objective_class, person_number
from smastn.corpora.release_layout import Release, clip_folders, require_people
from smastn.corpora.tables import Row
from smastn.errors import InputError
from smastn.media.frame_folders import index_frames

Pictures = Literal["raw", "selected", "cropped"]
"""Whole clips, the movement only, or the movement cropped to the face."""

_ORDER: tuple[Pictures, ...] = ("raw", "selected", "cropped")


def unlabelled(
    folders: Iterable[Path], annotations: Iterable[Annotation], root: Path
) -> list[Defect]:
    """A defect for each clip folder that no annotation names."""
    named = {annotation.folder for annotation in annotations}
    return [
        Defect("unlabelled folder", str(folder.relative_to(root)), "no row of the sheet names it")
        for folder in folders
        if folder not in named
    ]


def other_sheets(sheet: Path, others: Iterable[Path]) -> list[Defect]:
    """A defect for each further sheet of the same kind, which was not used."""
    return [
        Defect("sheet", other.name, f"not used; the labels come from {sheet.name}")
        for other in others
    ]


def clip_annotation(
    row: Row, folders: dict[tuple[int, str], Path], width: int
) -> Annotation | None:
    """The annotation of a row, or None for notes under the table.

    Args:
        row: cells called person, name, onset, apex, offset, units, emotion, objective.
        folders: clip folders by person's number and clip's name in lower case.
        width: digits of a person's number within the subject.
    """
    person, name = person_number(row.cells["person"]), row.text("name")
    if person is None or not name:
        return None
    return Annotation(
        person=f"{person:0{width}d}",
        name=name,
        emotion=emotion_name(row.cells["emotion"]),
        folder=folders.get((person, name.casefold())),
        onset=row.whole("onset"),
        apex=row.whole("apex"),
        offset=row.whole("offset"),
        action_units=action_units(row.cells.get("units")),
        objective=objective_class(row.cells.get("objective")),
    )


def picture_tree(root: Path, release: Release, pictures: Pictures | None) -> tuple[Pictures, Path]:
    """The level of people of the tree asked for; None takes the first of raw, selected, cropped.

    Raises:
        InputError: there is no such tree.
    """
    trees: dict[Pictures, Path] = {}
    for level in require_people(root, release):
        trees.setdefault(_kind(level, release, root), level)
    for kind in (pictures,) if pictures else _ORDER:
        if kind in trees:
            return kind, trees[kind]
    raise InputError(
        f"{root} holds the trees {', '.join(trees)}; wanted {pictures}: ask for one of those, or "
        "unpack the other"
    )


def _kind(level: Path, release: Release, root: Path) -> Pictures:
    names = "/".join(level.relative_to(root).parts).lower()
    if "select" in names:
        return "selected"
    if "crop" in names:
        return "cropped"
    if "raw" in names:
        return "raw"
    some = next(iter(clip_folders(level, release.people, root).values()), None)
    named = some is not None and index_frames(some, root).files[:1]
    return "cropped" if named and named[0].lower().startswith("reg") else "raw"
