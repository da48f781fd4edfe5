"""SAMM Long Videos (Yap et al. 2020): 147 videos, 343 macro- and 159 micro-movements, 200 a second.

The sheet gives no emotion; where the sheet of the micro release lies beside it,
micro-movements take theirs from there. Macro-movements that begin at frame 0 or
1 began before the recording and are left out. Facts: arXiv 1911.01519 and public
readers.
"""

from dataclasses import replace
from pathlib import Path

from smastn.corpora.annotations import Annotation, Corpus, Defect, FrameIndex, Rules
from smastn.corpora.clip import Clip
from smastn.corpora.normalise import UNLABELLED, action_units, emotion_name, person_number
from smastn.corpora.release_layout import Release, find_sheets, require_people, require_sheet
from smastn.corpora.samm import COLUMNS as MICRO_COLUMNS
from smastn.corpora.samm import RELEASE as MICRO_RELEASE
from smastn.corpora.shared_reading import other_sheets
from smastn.corpora.tables import Column, Row, read_table
from smastn.corpora.to_clips import place_all
from smastn.media.frame_folders import subfolders

RELEASE = Release(
    corpus="samm_long",
    sheet=r"samm[ _-]?long[ _-]?videos",
    people=r"0*(\d{1,3})_\d+",
    wanted="SAMM_LongVideos_V3_Release.xlsx and SAMM_longvideos/006_1 ...",
)
COLUMNS = (
    Column("person", ("Subject",)),
    Column("name", ("Filename",)),
    Column("onset", ("Onset", "Onset Frame")),
    Column("apex", ("Apex", "Apex Frame")),
    Column("offset", ("Offset", "Offset Frame")),
    Column("type", ("Type",)),
    Column("units", ("Action Units",), needed=False),
)


def samm_long_clips(root: Path) -> list[Clip]:
    """Every usable micro-movement in the long videos under `root`, in the sheet's order.

    Raises:
        InputError: sheet or pictures are missing or cannot be read.
    """
    return list(read_samm_long(root).clips)


def read_samm_long(root: Path) -> Corpus:
    """Like `samm_long_clips`, with macro-movements and all that is wrong with this copy.

    Raises:
        InputError: sheet or pictures are missing or cannot be read.
    """
    nearest, rest = require_sheet(root, RELEASE)
    sheet, *others = sorted([nearest, *rest], key=lambda path: path.name, reverse=True)  # V3 first
    videos = subfolders(require_people(root, RELEASE)[0], root)
    emotions = _emotions(root)
    kinds: dict[str, list[Annotation]] = {"micro": [], "macro": []}
    early: list[Defect] = []
    for row in read_table(sheet, COLUMNS).rows:
        annotation = _annotation(row, videos, emotions)
        if annotation is None:
            continue
        kind = "macro" if row.text("type").lower().startswith("macro") else "micro"
        if kind == "macro" and (annotation.onset or 0) <= 1:
            key = f"samm_long/{annotation.person}/{annotation.name}"
            early.append(Defect("no interval", key, "begins before the video", left_out=True))
        else:
            kinds[kind].append(annotation)
    rules, index = Rules("samm_long", rate=200.0), FrameIndex(root)
    clips, defects = place_all(kinds["micro"], rules, index)
    macro, _ = place_all(kinds["macro"], rules, index) if kinds["macro"] else ([], [])
    found = (*early, *defects, *other_sheets(sheet, others))
    return Corpus("samm_long", root, tuple(clips), found, tuple(macro), (sheet,))


def _emotions(root: Path) -> dict[str, str]:
    sheets = find_sheets(root, MICRO_RELEASE.sheet)
    rows: tuple[Row, ...] = read_table(sheets[0], MICRO_COLUMNS).rows if sheets else ()
    return {row.text("name"): emotion_name(row.cells["emotion"]) for row in rows}


def _annotation(row: Row, videos: dict[str, Path], emotions: dict[str, str]) -> Annotation | None:
    person, name = person_number(row.cells["person"]), row.text("name")
    if person is None or not name:
        return None
    annotation = Annotation(
        person=f"{person:03d}",
        name=name,
        emotion=UNLABELLED,
        folder=videos.get("_".join(name.split("_")[:2])),
        onset=row.whole("onset"),
        apex=row.whole("apex"),
        offset=row.whole("offset"),
        action_units=action_units(row.cells.get("units")),
    )
    micro = row.text("type").lower().startswith("micro")
    return replace(annotation, emotion=emotions.get(name, UNLABELLED)) if micro else annotation
