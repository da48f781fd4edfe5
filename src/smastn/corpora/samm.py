"""SAMM (Davison et al. 2018): 159 clips of 29 people, 200 frames a second, grey.

Folders hold about onset to offset under the numbers of the long video. The
sheet begins with a page of notes. Facts: IEEE TAC 10.1109/TAFFC.2016.2573832
and public readers.
"""

from pathlib import Path

from smastn.corpora.annotations import Corpus, FrameIndex, Rules
from smastn.corpora.clip import Clip
from smastn.corpora.release_layout import Release, clip_folders, require_people, require_sheet
from smastn.corpora.shared_reading import clip_annotation, other_sheets, unlabelled
from smastn.corpora.tables import Column, read_table
from smastn.corpora.to_clips import place_all

RELEASE = Release(
    corpus="samm",
    sheet=r"samm.*micro.*facs",
    people=r"0*(\d{1,3})",
    wanted="SAMM_Micro_FACS_Codes_v2.xlsx and folders 006, 007 ... (or those inside SAMM_CROP)",
)
COLUMNS = (
    Column("person", ("Subject",)),
    Column("name", ("Filename",)),
    Column("onset", ("Onset Frame", "Onset")),
    Column("apex", ("Apex Frame", "Apex")),
    Column("offset", ("Offset Frame", "Offset")),
    Column("units", ("Action Units",), needed=False),
    Column("emotion", ("Estimated Emotion", "Emotion")),
    Column("objective", ("Objective Classes", "Objective Class"), needed=False),
)


def samm_clips(root: Path) -> list[Clip]:
    """Every usable clip of SAMM under `root`, in the sheet's order.

    Raises:
        InputError: sheet or pictures are missing or cannot be read.
    """
    return list(read_samm(root).clips)


def read_samm(root: Path) -> Corpus:
    """Like `samm_clips`, with all that is wrong with this copy.

    Raises:
        InputError: sheet or pictures are missing or cannot be read.
    """
    sheet, others = require_sheet(root, RELEASE)
    level = require_people(root, RELEASE)[0]
    folders = clip_folders(level, RELEASE.people, root)
    rows = read_table(sheet, COLUMNS).rows
    annotations = [a for row in rows if (a := clip_annotation(row, folders, width=3))]
    rules = Rules("samm", rate=200.0, folder_is_clip=True)
    clips, defects = place_all(annotations, rules, FrameIndex(root))
    defects += unlabelled(folders.values(), annotations, root) + other_sheets(sheet, others)
    return Corpus("samm", root, tuple(clips), tuple(defects), sheets=(sheet,))
