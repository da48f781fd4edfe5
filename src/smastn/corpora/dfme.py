"""DFME (Zhao et al. 2023): 7,526 micro-expressions of 656 people, 200 to 500 frames a second.

Three sheets with AUs name the clips of the official split: training, testA and
testB. The titles of the frame columns are not documented: onset, apex and offset
are the three columns after the file name where they have no known title. Facts:
arXiv 2301.00985 and public readers.
"""

import re
from pathlib import Path
from typing import Literal

from smastn.corpora.annotations import Annotation, Corpus, FrameIndex, Rules
from smastn.corpora.clip import Clip
from smastn.corpora.normalise import action_units, emotion_name, person_number
from smastn.corpora.release_layout import Release, folders_like, require_sheet, wrong_level
from smastn.corpora.tables import Column, Row, Table, read_positions, read_table
from smastn.corpora.to_clips import place_all
from smastn.errors import InputError
from smastn.media.frame_folders import subfolders

Split = Literal["training", "testA", "testB"]

RELEASE = Release(
    corpus="dfme",
    sheet=r"(?:training|test_?a|test_?b)_full_with_au",
    people="",
    wanted="training_full_with_AU.xlsx (or testA, testB) and train_data/sub0003_01 ...",
    depth=2,
)
RATE = 500.0
"""Frames a second of part A, half of the clips; parts B and C have 300 and 200, and no public
reader shows how to tell the parts apart."""

COLUMNS = (
    Column("person", ("Subject",)),
    Column("name", ("Filename",)),
    Column("onset", ("Onset", "OnsetFrame")),
    Column("apex", ("Apex", "ApexFrame")),
    Column("offset", ("Offset", "OffsetFrame")),
    Column("emotion", ("Emotion", "Estimated Emotion")),
    Column("units", ("AU", "AUs", "Action Units"), needed=False),
)
_CLIP = re.compile(r"sub\d+_\d+", re.IGNORECASE)


def dfme_clips(root: Path, split: Split | None = None) -> list[Clip]:
    """Every usable clip of DFME under `root`, in the sheets' order.

    Args:
        root: the folder with the sheets and the data.
        split: one part of the official split, or None for all that is there.

    Raises:
        InputError: sheets or pictures are missing or cannot be read.
    """
    return list(read_dfme(root, split).clips)


def read_dfme(root: Path, split: Split | None = None) -> Corpus:
    """Like `dfme_clips`, with all that is wrong with this copy.

    Raises:
        InputError: sheets or pictures are missing or cannot be read.
    """
    first, others = require_sheet(root, RELEASE)
    sheets = [sheet for sheet in (first, *others) if split is None or _split_of(sheet) == split]
    if not sheets:
        raise InputError(
            f"{root} has no sheet of {split}; wanted {RELEASE.wanted}: ask for another"
        )
    folders = _clip_folders(root)
    if not folders:
        raise wrong_level(root, lambda folder: bool(_clip_folders(folder)), RELEASE)
    rows = (row for sheet in sorted(sheets, key=_order) for row in _table(sheet).rows)
    annotations = [a for row in rows if (a := _annotation(row, folders))]
    rules = Rules("dfme", rate=RATE, folder_is_clip=True)
    clips, defects = place_all(annotations, rules, FrameIndex(root))
    return Corpus("dfme", root, tuple(clips), tuple(defects), sheets=tuple(sheets))


def _split_of(sheet: Path) -> Split:
    name = sheet.name.lower().replace("_", "")
    return "training" if name.startswith("training") else "testA" if "testa" in name else "testB"


def _order(sheet: Path) -> int:
    return ("training", "testA", "testB").index(_split_of(sheet))


def _table(sheet: Path) -> Table:
    try:
        return read_table(sheet, COLUMNS)
    except InputError as error:
        if "no header row with Onset, Apex, Offset" not in str(error):
            raise
    names = ("person", "name", "onset", "apex", "offset", "emotion", "units")
    return read_positions(sheet, 0, names)


def _clip_folders(root: Path) -> dict[str, Path]:
    def holds_clips(folder: Path) -> bool:
        return any(_CLIP.fullmatch(name) for name in subfolders(folder, folder))

    levels = folders_like(root, holds_clips, 2)
    return {n: p for level in levels for n, p in subfolders(level, root).items()}


def _annotation(row: Row, folders: dict[str, Path]) -> Annotation | None:
    name = row.text("name")
    person = person_number(row.text("person") or name.partition("_")[0])
    if person is None or not name or row.whole("onset") is None:
        return None  # a header read by place, or notes
    return Annotation(
        person=f"{person:04d}",
        name=name,
        emotion=emotion_name(row.cells["emotion"]),
        folder=folders.get(name.casefold()),
        onset=row.whole("onset"),
        apex=row.whole("apex"),
        offset=row.whole("offset"),
        action_units=action_units(row.cells.get("units")),
    )
