"""MMEW (Ben et al. 2022): 300 micro-expressions of 30 people, 90 frames a second.

The documented tree is ``S03/happiness/S03-01-002/1.jpg``, the released one
``Micro_Expression/happiness/S03-01-002/1.jpg``: a clip's folder is known by its
name wherever it lies. Frames count from 1 within the clip. Facts: TPAMI
10.1109/TPAMI.2021.3067464, the owners' page, and one public reader.
"""

import re
from pathlib import Path

from smastn.corpora.annotations import Corpus, FrameIndex, Rules
from smastn.corpora.clip import Clip
from smastn.corpora.normalise import person_number
from smastn.corpora.release_layout import Release, require_sheet, wrong_level
from smastn.corpora.shared_reading import clip_annotation, other_sheets, unlabelled
from smastn.corpora.tables import Column, read_table
from smastn.corpora.to_clips import place_all
from smastn.media.frame_folders import subfolders

RELEASE = Release(
    corpus="mmew",
    sheet=r"mmew[ _-]*micro",
    people=r"",
    wanted="MMEW_Micro_Exp.xlsx and Micro_Expression/happiness/S03-01-002 ...",
)
COLUMNS = (
    Column("person", ("Subject",)),
    Column("name", ("Filename",)),
    Column("onset", ("OnsetFrame", "Onset Frame", "Onset")),
    Column("apex", ("ApexFrame", "Apex Frame", "Apex")),
    Column("offset", ("OffsetFrame", "Offset Frame", "Offset")),
    Column("units", ("Action Units", "AU"), needed=False),
    Column("emotion", ("Estimated Emotion", "Emotion")),
)
_CLIP = re.compile(r"(s\d+)-\d+-\d+", re.IGNORECASE)


def mmew_clips(root: Path) -> list[Clip]:
    """Every usable micro-expression of MMEW under `root`, in the sheet's order.

    Raises:
        InputError: sheet or pictures are missing or cannot be read.
    """
    return list(read_mmew(root).clips)


def read_mmew(root: Path) -> Corpus:
    """Like `mmew_clips`, with all that is wrong with this copy.

    Raises:
        InputError: sheet or pictures are missing or cannot be read.
    """
    sheet, others = require_sheet(root, RELEASE)
    folders = _clip_folders(root)
    if not folders:
        raise wrong_level(root, lambda folder: bool(_clip_folders(folder)), RELEASE)
    rows = read_table(sheet, COLUMNS).rows
    annotations = [a for row in rows if (a := clip_annotation(row, folders, width=2))]
    rules = Rules("mmew", rate=90.0, folder_is_clip=True)
    clips, defects = place_all(annotations, rules, FrameIndex(root))
    defects += unlabelled(folders.values(), annotations, root) + other_sheets(sheet, others)
    return Corpus("mmew", root, tuple(clips), tuple(defects), sheets=(sheet,))


def _clip_folders(root: Path) -> dict[tuple[int, str], Path]:
    found: dict[tuple[int, str], Path] = {}
    level = [root]
    for _ in range(5):
        children = [pair for folder in level for pair in subfolders(folder, root).items()]
        for name, path in children:
            clip = _CLIP.fullmatch(name)
            if clip and "macro" not in str(path.relative_to(root)).lower():
                found.setdefault((person_number(clip[1]) or 0, name), path)
        level = [path for name, path in children if not _CLIP.fullmatch(name)]
    return found
