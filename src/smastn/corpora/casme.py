"""CASME (Yan et al. 2013): 189 annotated clips, 60 frames a second.

Frame names carry the clip's name, ``EP01_5-116.jpg``; later ones are padded.
The sheet has two apex columns; the first is used. Facts: FG 2013
10.1109/FG.2013.6553799 and one public reader.
"""

from pathlib import Path

from smastn.corpora.annotations import Corpus, FrameIndex, Rules
from smastn.corpora.clip import Clip
from smastn.corpora.release_layout import Release, clip_folders, require_sheet
from smastn.corpora.shared_reading import (
    Pictures,
    clip_annotation,
    other_sheets,
    picture_tree,
    unlabelled,
)
from smastn.corpora.tables import Column, read_table
from smastn.corpora.to_clips import place_all

RELEASE = Release(
    corpus="casme",
    # The sheet's name is not documented: any that is not of a sister corpus is looked into.
    sheet=r"(?!.*\(me\))(?!casme[ _-]?(?:2|3|ii))(?!~)",
    people=r"sub0*(\d+)",
    wanted="its sheet and a tree such as CASME_raw_selected or Cropped with sub01 ...",
)
COLUMNS = (
    Column("person", ("Subject",)),
    Column("name", ("Filename",)),
    Column("onset", ("OnsetF", "OnsetFrame", "Onset")),
    Column("apex", ("ApexF1", "ApexFrame", "Apex")),
    Column("offset", ("OffsetF", "OffsetFrame", "Offset")),
    Column("units", ("AU", "AUs", "Action Units"), needed=False),
    Column("emotion", ("Emotion", "Estimated Emotion")),
)


def casme_clips(root: Path, pictures: Pictures | None = None) -> list[Clip]:
    """Every usable clip of CASME under `root`, in the sheet's order.

    Args:
        root: the folder with the sheet and the trees of pictures.
        pictures: which tree; None takes the first there is of raw, selected, cropped.

    Raises:
        InputError: sheet or pictures are missing or cannot be read.
    """
    return list(read_casme(root, pictures).clips)


def read_casme(root: Path, pictures: Pictures | None = None) -> Corpus:
    """Like `casme_clips`, with all that is wrong with this copy.

    Raises:
        InputError: sheet or pictures are missing or cannot be read.
    """
    sheet, others = require_sheet(root, RELEASE)
    kind, level = picture_tree(root, RELEASE, pictures)
    folders = clip_folders(level, RELEASE.people, root)
    rows = read_table(sheet, COLUMNS).rows
    annotations = [a for row in rows if (a := clip_annotation(row, folders, width=2))]
    rules = Rules("casme", rate=60.0, folder_is_clip=kind != "raw")
    clips, defects = place_all(annotations, rules, FrameIndex(root))
    defects += unlabelled(folders.values(), annotations, root) + other_sheets(sheet, others)
    return Corpus("casme", root, tuple(clips), tuple(defects), sheets=(sheet,))
