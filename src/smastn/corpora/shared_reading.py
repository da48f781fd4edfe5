"""Steps that several readers share: choosing a tree of images, reading a row, assembling clips."""

from collections.abc import Iterable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Literal

from smastn.corpora.corpus import Corpus, Defect
from smastn.corpora.facs import loose_units
from smastn.corpora.normalise import (
    UNLABELLED,
    emotion_name,
    objective_class,
    subject_number,
)
from smastn.corpora.release_layout import Release, clip_folders, require_subjects
from smastn.corpora.tables import Column, Row, cell_text, read_table
from smastn.corpora.to_clips import Annotation, Rules, to_clips
from smastn.errors import InputError
from smastn.media.frame_folders import index_frames

Tree = Literal["raw", "selected", "cropped"]
"""Whole clips, the movement only, or the movement cropped to the face."""

_ORDER: tuple[Tree, ...] = ("raw", "selected", "cropped")

CLIP_COLUMNS = (
    Column("subject", ("Subject", "sub", "sub_ID")),
    Column("name", ("Filename", "fold_name", "seq")),
    Column("onset", ("Onset Frame", "OnsetF", "Onset")),
    Column("apex", ("Apex Frame", "ApexF1", "ApexF", "Apex")),
    Column("offset", ("Offset Frame", "OffsetF", "Offset")),
    Column("units", ("Action Units", "AU", "AUs"), needed=False),
    Column("emotion", ("Estimated Emotion", "Emotion")),
    Column("objective", ("Objective Classes", "Objective Class"), needed=False),
)
"""Columns of the sheets that list one clip a row, with the titles of all corpora."""


def read_annotations(
    sheet: Path, folders: dict[tuple[int, str], Path], width: int
) -> list[Annotation]:
    """The annotations of a sheet with `CLIP_COLUMNS`.

    Args:
        sheet: the sheet; rows without subject or name are notes and are skipped.
        folders: clips' folders by the subject's number and the clip's name in lower case.
        width: digits of a subject's number within the corpus.
    """
    annotations = []
    for row in read_table(sheet, CLIP_COLUMNS):
        subject, name = subject_number(row.cells["subject"]), row.text("name")
        if subject is not None and name:
            folder = folders.get((subject, name.casefold()))
            annotations.append(row_annotation(row, f"{subject:0{width}d}", name, folder))
    return annotations


def row_annotation(row: Row, subject: str, name: str, folder: Path | None) -> Annotation:
    """The annotation of a row with cells called onset, apex, offset, emotion, units, objective."""
    return Annotation(
        subject=subject,
        name=name,
        emotion=emotion_name(row.cells["emotion"]) if "emotion" in row.cells else UNLABELLED,
        folder=folder,
        onset=row.whole("onset"),
        apex=row.whole("apex"),
        offset=row.whole("offset"),
        action_units=loose_units(cell_text(row.cells.get("units"))),
        objective=objective_class(row.cells.get("objective")),
    )


def assemble(
    root: Path,
    rules: Rules,
    annotations: Sequence[Annotation],
    sheets: Sequence[Path] = (),
    folders: Iterable[Path] = (),
) -> Corpus:
    """The corpus of these annotations.

    Args:
        root: the folder it was read from.
        rules: how its annotations are interpreted.
        annotations: in the order of the sheet.
        sheets: the sheet they come from, followed by others of its kind, which are not used.
        folders: folders of frames, each of which an annotation should name.

    Raises:
        InputError: no annotation of a micro-expression can be used.
    """
    index = cache(partial(index_frames, root=root))
    clips, defects = to_clips([one for one in annotations if not one.macro], rules, index)
    macro = [one for one in annotations if one.macro]
    named = {annotation.folder for annotation in annotations}
    defects += [
        Defect("unlabelled folder", str(folder.relative_to(root)), "no row of the sheet names it")
        for folder in folders
        if folder not in named
    ]
    defects += [
        Defect("sheet", other.name, f"not used; the labels come from {sheets[0].name}")
        for other in sheets[1:]
    ]
    return Corpus(
        rules.corpus,
        root,
        tuple(clips),
        tuple(defects),
        tuple(to_clips(macro, rules, index)[0]) if macro else (),
        tuple(sheets[:1]),
    )


def image_tree(root: Path, release: Release, tree: Tree | None) -> tuple[Tree, Path]:
    """The folder of subjects of a tree; None takes the first of raw, selected, cropped.

    Raises:
        InputError: there is no such tree.
    """
    found: dict[Tree, Path] = {}
    for level in require_subjects(root, release):
        found.setdefault(_kind(level, release, root), level)
    for kind in (tree,) if tree else _ORDER:
        if kind in found:
            return kind, found[kind]
    raise InputError(
        f"{root} holds the trees {', '.join(found)}; wanted {tree}: choose one of those, or "
        "unpack the other"
    )


def _kind(level: Path, release: Release, root: Path) -> Tree:
    names = "/".join(level.relative_to(root).parts).lower()
    for word, kind in (("select", "selected"), ("crop", "cropped"), ("raw", "raw")):
        if word in names:
            return kind  # pyright: ignore[reportReturnType]
    some = next(iter(clip_folders(level, release.subjects, root).values()), None)
    named = some is not None and index_frames(some, root).files[:1]
    return "cropped" if named and named[0].lower().startswith("reg") else "raw"
