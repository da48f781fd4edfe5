"""4DME (Li et al. 2022), grey pictures: 267 micro-expressions, 60 frames a second.

Clips may carry several of five categories; a clip's emotion joins them with
``+`` in a fixed order. Only the grey pictures are read: no public reader shows
how the other modalities lie. Facts: TAFFC 10.1109/TAFFC.2022.3182342 and one
public reader; the rate of the grey camera is the publication's.
"""

import re
from pathlib import Path

from smastn.corpora.annotations import Annotation, Corpus, FrameIndex, Rules
from smastn.corpora.clip import Clip
from smastn.corpora.normalise import UNLABELLED, action_units, emotion_name, person_number
from smastn.corpora.release_layout import Release, folders_like, require_sheet, wrong_level
from smastn.corpora.shared_reading import other_sheets
from smastn.corpora.tables import Column, Row, read_table
from smastn.corpora.to_clips import place_all
from smastn.media.frame_folders import subfolders

CATEGORIES = ("positive", "negative", "surprise", "repression", "others")
"""The five categories, in the order in which a clip's emotion joins them."""

RELEASE = Release(
    corpus="4dme",
    sheet=r"4dme[ _-]?labell?ing[ _-]?micro[ _-]?release",
    people="",
    wanted="4DME_Labelling_Micro_release v1.xlsx and gray_micro/<sub_ID>/<fold_name> ...",
)
COLUMNS = (
    Column("person", ("sub_ID", "Subject")),
    Column("name", ("fold_name", "Filename")),
    Column("onset", ("Onset",)),
    Column("apex", ("Apex",)),
    Column("offset", ("Offset",)),
    Column("units", ("AUs",), needed=False),
    Column("emotion", ("Emotion",)),
)


def four_dme_clips(root: Path) -> list[Clip]:
    """Every usable grey clip of 4DME under `root`, in the sheet's order.

    Raises:
        InputError: sheet or pictures are missing or cannot be read.
    """
    return list(read_four_dme(root).clips)


def read_four_dme(root: Path) -> Corpus:
    """Like `four_dme_clips`, with all that is wrong with this copy.

    Raises:
        InputError: sheet or pictures are missing or cannot be read.
    """
    sheet, others = require_sheet(root, RELEASE)
    levels = folders_like(root, lambda folder: folder.name.lower() == "gray_micro", 3)
    if not levels:
        raise wrong_level(root, lambda folder: "gray_micro" in subfolders(folder, folder), RELEASE)
    people = subfolders(levels[0], root)
    rows = read_table(sheet, COLUMNS).rows
    annotations = [a for row in rows if (a := _annotation(row, people, root))]
    rules = Rules("4dme", rate=60.0, folder_is_clip=True)
    clips, defects = place_all(annotations, rules, FrameIndex(root))
    defects += other_sheets(sheet, others)
    return Corpus("4dme", root, tuple(clips), tuple(defects), sheets=(sheet,))


def _annotation(row: Row, people: dict[str, Path], root: Path) -> Annotation | None:
    person, name = person_number(row.cells["person"]), row.text("name")
    if person is None or not name:
        return None
    own = people.get(row.text("person").casefold()) or _by_number(people, person)
    return Annotation(
        person=f"{person:02d}",
        name=name,
        emotion=_joined(row.text("emotion")),
        folder=subfolders(own, root).get(name.casefold()) if own else None,
        onset=row.whole("onset"),
        apex=row.whole("apex"),
        offset=row.whole("offset"),
        action_units=action_units(row.cells.get("units")),
    )


def _by_number(people: dict[str, Path], person: int) -> Path | None:
    return next((path for name, path in people.items() if person_number(name) == person), None)


def _joined(written: str) -> str:
    named = {emotion_name(part) for part in re.split(r"[+,/&]", written) if part.strip()}
    known = [category for category in CATEGORIES if category in named]
    return "+".join([*known, *sorted(named - set(known))]) or UNLABELLED
