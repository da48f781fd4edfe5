"""CASME II (Yan et al. 2014): 255 clips of 26 people, 200 frames a second, colour.

Three trees may be there: whole clips (RAW), the movement only (RAW_selected),
and the movement cropped to the face (Cropped). Frame numbers are the same in
all of them and in the sheet. Facts: PLOS ONE 10.1371/journal.pone.0086041 and
public readers.
"""

from dataclasses import replace
from pathlib import Path

from smastn.corpora.annotations import Corpus, FrameIndex, Rules
from smastn.corpora.clip import Clip
from smastn.corpora.normalise import objective_class, person_number
from smastn.corpora.release_layout import Release, clip_folders, find_sheets, require_sheet
from smastn.corpora.shared_reading import (
    Pictures,
    clip_annotation,
    other_sheets,
    picture_tree,
    unlabelled,
)
from smastn.corpora.tables import Column, Row, read_table
from smastn.corpora.to_clips import place_all

RELEASE = Release(
    corpus="casme2",
    sheet=r"casme[ _-]?(?:2|ii)[ _-]*(?:coding|label)",
    people=r"sub0*(\d+)",
    wanted="CASME2-coding-20140508.xlsx and a tree such as CASME2-RAW or Cropped with sub01 ...",
)
COLUMNS = (
    Column("person", ("Subject",)),
    Column("name", ("Filename",)),
    Column("onset", ("OnsetFrame", "OnsetF", "Onset")),
    Column("apex", ("ApexFrame", "ApexF", "Apex")),
    Column("offset", ("OffsetFrame", "OffsetF", "Offset")),
    Column("units", ("Action Units", "AU", "AUs"), needed=False),
    Column("emotion", ("Estimated Emotion", "Emotion")),
)
_OBJECTIVE = (COLUMNS[0], COLUMNS[1], Column("objective", ("Objective Class", "Objective Classes")))


def casme2_clips(root: Path, pictures: Pictures | None = None) -> list[Clip]:
    """Every usable clip of CASME II under `root`, in the sheet's order.

    Args:
        root: the folder with the coding sheet and the trees of pictures.
        pictures: which tree; None takes the first there is of raw, selected, cropped.

    Raises:
        InputError: sheet or pictures are missing or cannot be read.
    """
    return list(read_casme2(root, pictures).clips)


def read_casme2(root: Path, pictures: Pictures | None = None) -> Corpus:
    """Like `casme2_clips`, with all that is wrong with this copy.

    Raises:
        InputError: sheet or pictures are missing or cannot be read.
    """
    sheet, others = _coding_sheet(root)
    kind, level = picture_tree(root, RELEASE, pictures)
    folders = clip_folders(level, RELEASE.people, root)
    rows = read_table(sheet, COLUMNS).rows
    annotations = [a for row in rows if (a := clip_annotation(row, folders, width=2))]
    objective = _objective_classes(root)
    annotations = [replace(a, objective=objective.get((a.person, a.name))) for a in annotations]
    rules = Rules("casme2", rate=200.0, folder_is_clip=kind != "raw")
    index = FrameIndex(root)
    clips, defects = place_all(annotations, rules, index)
    defects += unlabelled(folders.values(), annotations, root) + other_sheets(sheet, others)
    return Corpus("casme2", root, tuple(clips), tuple(defects), sheets=(sheet,))


def _coding_sheet(root: Path) -> tuple[Path, list[Path]]:
    nearest, others = require_sheet(root, RELEASE)
    sheets = [nearest, *others]
    # 20140508 is the sheet nearly every publication counts from: 255 rows, 246 in five classes.
    sheets.sort(key=lambda path: ("20140508" not in path.name, path.suffix == ".xls", path.name))
    return sheets[0], sheets[1:]


def _objective_classes(root: Path) -> dict[tuple[str, str], int | None]:
    sheets = find_sheets(root, r"casme[ _-]?(?:2|ii)[ _-]*objective")
    rows: tuple[Row, ...] = read_table(sheets[0], _OBJECTIVE).rows if sheets else ()
    return {
        (f"{person_number(row.cells['person']) or 0:02d}", row.text("name")): objective_class(
            row.cells["objective"]
        )
        for row in rows
    }
