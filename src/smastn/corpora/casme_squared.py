"""CAS(ME)^2 (Qu et al. 2018): 57 micro- and 300 macro-expressions of 22 people, 30 a second.

The sheet has no header and calls videos ``anger1``; two more sheets tell which
folder that is: person 1 is ``s15``, ``disgust1`` is ``0101``. An offset of 0 is
unknown. Facts: TAFFC 10.1109/TAFFC.2017.2654440 and the MEGC 2020 baseline.
"""

import re
from pathlib import Path

from smastn.corpora.annotations import Annotation, Corpus, FrameIndex, Rules
from smastn.corpora.clip import Clip
from smastn.corpora.normalise import action_units, emotion_name
from smastn.corpora.release_layout import Release, person_folders, require_people, require_sheet
from smastn.corpora.shared_reading import other_sheets
from smastn.corpora.tables import Row, read_positions
from smastn.corpora.to_clips import place_all
from smastn.media.frame_folders import subfolders

RELEASE = Release(
    corpus="casme_squared",
    sheet=r"(?:cas\(me\)\^?2)?[ _-]*code_final",
    people=r"s0*(\d+)",
    wanted="CAS(ME)^2code_final.xlsx and rawpic/s15/15_0101disgustingteeth ...",
)
COLUMNS = (
    *("person", "video", "onset", "apex", "offset", "units", "emotion", "type", "self_report"),
)


def casme_squared_clips(root: Path) -> list[Clip]:
    """Every usable micro-expression under `root`, in the sheet's order.

    A clip's name is its video in the sheet and its onset, ``anger1_1_557``.

    Raises:
        InputError: sheet or pictures are missing or cannot be read.
    """
    return list(read_casme_squared(root).clips)


def read_casme_squared(root: Path) -> Corpus:
    """Like `casme_squared_clips`, with macro-expressions and all that is wrong with this copy.

    Raises:
        InputError: sheet or pictures are missing or cannot be read.
    """
    sheet, others = require_sheet(root, RELEASE)
    levels = require_people(root, RELEASE)
    raw = [at for at in levels if at.name.lower() == "rawpic"]
    videos = _videos((raw or levels)[0], root)
    people, codes = _people(sheet), _codes(sheet)
    kinds: dict[str, list[Annotation]] = {"micro": [], "macro": []}
    for row in read_positions(sheet, 0, COLUMNS).rows:
        person = row.whole("person")
        if person is None or not row.text("video"):
            continue  # a header somebody added, or notes
        number = people.get(person, person)
        film = re.split(r"[_\s]", row.text("video").lower())[0]
        kind = "macro" if row.text("type").lower().startswith("macro") else "micro"
        kinds[kind].append(_annotation(row, number, videos.get((number, codes.get(film, "")))))
    rules, index = Rules("casme_squared", rate=30.0), FrameIndex(root)
    clips, defects = place_all(kinds["micro"], rules, index)
    macro, _ = place_all(kinds["macro"], rules, index) if kinds["macro"] else ([], [])
    defects += other_sheets(sheet, others)
    return Corpus("casme_squared", root, tuple(clips), tuple(defects), tuple(macro), (sheet,))


def _annotation(row: Row, person: int, folder: Path | None) -> Annotation:
    return Annotation(
        person=f"{person:02d}",
        name=f"{row.text('video')}_{row.whole('onset')}",
        emotion=emotion_name(row.cells["emotion"]),
        folder=folder,
        onset=row.whole("onset"),
        apex=row.whole("apex"),
        offset=row.whole("offset"),
        action_units=action_units(row.cells["units"]),
    )


def _people(sheet: Path) -> dict[int, int]:
    """Person in the sheet and number of his folder, from ``[15, 's15', 1]``."""
    rows = read_positions(sheet, 1, ("number", "folder", "person")).rows
    pairs = ((row.whole("person"), row.whole("number")) for row in rows)
    return {person: number for person, number in pairs if person is not None and number is not None}


def _codes(sheet: Path) -> dict[str, str]:
    """Film in the sheet and four digits in the folder's name, from ``['0101', 'disgust1']``."""
    rows = read_positions(sheet, 2, ("code", "film")).rows
    return {row.text("film").lower(): row.text("code").zfill(4) for row in rows}


def _videos(level: Path, root: Path) -> dict[tuple[int, str], Path]:
    """Folders of videos by person's number and four-digit code."""
    found: dict[tuple[int, str], Path] = {}
    for person, folder in person_folders(level, RELEASE.people, root).items():
        for name, video in subfolders(folder, root).items():
            code = re.match(r"\d+_(\d{4})", name)
            if code:
                found[person, code[1]] = video
    return found
