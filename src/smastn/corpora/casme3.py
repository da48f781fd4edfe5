"""CAS(ME)^3 (Li et al. 2022): part A, 860 micro-expressions of 94 people; part C, a mock crime.

30 frames a second. Part A comes as cut clips (``Part_A_ME_clip``) or as whole
videos (``part_A_split``), numbered alike. Subjects are ``spNO.1`` in the sheet
and sometimes ``spNo.1`` on disk. In part C the sheet counts positions in the
sorted folder, not the numbers in file names. Facts: TPAMI
10.1109/TPAMI.2022.3174895 and the owners' annotation repository.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from smastn.corpora.annotations import Annotation, Corpus, Defect, FrameIndex, Rules
from smastn.corpora.clip import Clip
from smastn.corpora.normalise import action_units, emotion_name, objective_class, person_number
from smastn.corpora.release_layout import (
    Release,
    find_sheets,
    people_levels,
    person_folders,
    require_people,
    require_sheet,
)
from smastn.corpora.shared_reading import other_sheets
from smastn.corpora.tables import Column, Row, read_table
from smastn.corpora.to_clips import place_all
from smastn.media.frame_folders import subfolders

_START = r"cas\(me\)\^?3_part_"
PART_A = Release(
    corpus="casme3",
    sheet=_START + r"a_me_label",
    people=r"spno\.?0*(\d+)(?:_[a-z]_\d+)?",
    wanted="cas(me)3_part_A_ME_label_JpgIndex_v2.xlsx and Part_A_ME_clip or part_A_split",
    depth=3,
)
PART_C = Release(
    corpus="casme3c",
    sheet=_START + r"c_me",
    people=r"0*(\d{1,2})",
    wanted="CAS(ME)3_part_C_ME.xlsx and part_C/01/a/color ...",
    depth=3,
)
COLUMNS = (
    Column("person", ("Subject", "sub")),
    Column("video", ("Filename", "seq")),
    Column("onset", ("Onset",)),
    Column("apex", ("Apex",)),
    Column("offset", ("Offset",)),
    Column("units", ("AU",), needed=False),
    Column("objective", ("Objective class",), needed=False),
    Column("emotion", ("emotion",)),
)
_COLUMNS_C = (
    Column("person", ("sub", "Subject")),
    Column("onset", ("onset",)),
    Column("offset", ("offset",)),
    Column("units", ("au",), needed=False),
    Column("emotion", ("emotion",)),
)

Find = Callable[[int, str, int | None], Path | None]
"""Finds the frames of a person's video, given the onset in the sheet."""


def casme3_clips(root: Path) -> list[Clip]:
    """Every usable micro-expression of part A under `root`, in the sheet's order.

    A clip's name is its video and its onset in the sheet, ``a_355``: a video may hold several.

    Raises:
        InputError: sheet or pictures are missing or cannot be read.
    """
    return list(read_casme3(root).clips)


def read_casme3(root: Path) -> Corpus:
    """Like `casme3_clips`, with macro-expressions and all that is wrong with this copy.

    Raises:
        InputError: sheet or pictures are missing or cannot be read.
    """
    sheet, others = require_sheet(root, PART_A)
    index = FrameIndex(root)
    find, cut = _part_a_folders(root, "me")
    annotations, corrected = _annotations(sheet, find)
    rules = Rules("casme3", rate=30.0, folder_is_clip=cut)
    clips, defects = place_all(annotations, rules, index)
    macro, sheets = [], [sheet]
    for found in find_sheets(root, _START + r"a_mae_label", PART_A.depth)[:1]:
        find, cut = _part_a_folders(root, "mae")
        rows, _ = _annotations(found, find)
        macro, _ = place_all(rows, replace(rules, folder_is_clip=cut), index)
        sheets.append(found)
    found_all = (*corrected, *defects, *other_sheets(sheet, others))
    return Corpus("casme3", root, tuple(clips), found_all, tuple(macro), tuple(sheets))


def casme3c_clips(root: Path) -> list[Clip]:
    """Every usable micro-expression of part C under `root`, in the sheet's order; no apexes.

    Raises:
        InputError: sheet or pictures are missing or cannot be read.
    """
    return list(read_casme3c(root).clips)


def read_casme3c(root: Path) -> Corpus:
    """Like `casme3c_clips`, with all that is wrong with this copy.

    Raises:
        InputError: sheet or pictures are missing or cannot be read.
    """
    sheet, others = require_sheet(root, PART_C)
    levels = [at for at in require_people(root, PART_C) if "part_a" not in str(at).lower()]
    people = person_folders(levels[0], PART_C.people, root) if levels else {}
    annotations = []
    for row in read_table(sheet, _COLUMNS_C).rows:
        person = person_number(row.cells["person"])
        if person is not None and row.whole("onset") is not None:
            folder = _first_colour(people.get(person), root)
            annotations.append(_annotation(row, person, f"{row.whole('onset')}", folder))
    # Positions are taken to count from 1, as the sheet's frame numbers do everywhere else.
    rules = Rules("casme3c", rate=30.0, counted_from=1, has_apex=False)
    clips, defects = place_all(annotations, rules, FrameIndex(root))
    defects += other_sheets(sheet, others)
    return Corpus("casme3c", root, tuple(clips), tuple(defects), sheets=(sheet,))


def _annotations(sheet: Path, find: Find) -> tuple[list[Annotation], list[Defect]]:
    annotations, corrected = [], []
    for row in read_table(sheet, COLUMNS).rows:
        person, video = person_number(row.cells["person"]), row.text("video").lower()
        if person is None or not video:
            continue
        folder = find(person, video, row.whole("onset"))
        written = _annotation(row, person, f"{video}_{row.whole('onset')}", folder)
        annotation = _correct(written, person, video)
        if annotation != written:
            seen = f"row {row.number}: a known slip of the sheet, corrected"
            corrected.append(Defect("sheet", f"casme3/{written.person}/{written.name}", seen))
        annotations.append(annotation)
    return annotations, corrected


def _annotation(row: Row, person: int, name: str, folder: Path | None) -> Annotation:
    return Annotation(
        person=f"{person:03d}",
        name=name,
        emotion=emotion_name(row.cells["emotion"]),
        folder=folder,
        onset=row.whole("onset"),
        apex=row.whole("apex"),
        offset=row.whole("offset"),
        action_units=action_units(row.cells.get("units")),
        objective=objective_class(row.cells.get("objective")),
    )


def _correct(written: Annotation, person: int, video: str) -> Annotation:
    """Slips of label sheet v2 that a public reader (meb) has put right."""
    match person, video, written.onset, written.offset:
        case 216, "d", 3647, 2694:
            return replace(written, onset=2647)
        case 214, "c", int(onset), 3460 if onset < 34:
            return replace(written, offset=34)
        case 40, "e", int(onset), 0 if onset < 2403:
            return replace(written, offset=1845 if onset < 1845 else 2403)
    return written


def _part_a_folders(root: Path, kind: str) -> tuple[Find, bool]:
    """How to find a clip's frames, and whether they are cut clips."""
    require_people(root, PART_A)
    levels = people_levels(root, PART_A.people, depth=5)
    for level in levels:
        names = str(level.relative_to(root)).lower()
        if f"_{kind}_clip" in names and level.name.lower() == "frame":
            return _cut_clips(subfolders(level, root)), True
    whole = [at for at in levels if "_clip" not in str(at.relative_to(root)).lower()]
    people = person_folders(whole[0], PART_A.people, root) if whole else {}
    return _whole_videos(people, root), False


def _cut_clips(folders: dict[str, Path]) -> Find:
    return lambda person, video, onset: folders.get(f"spno.{person}_{video}_{onset}")


def _whole_videos(people: dict[int, Path], root: Path) -> Find:
    def find(person: int, video: str, onset: int | None) -> Path | None:
        if person not in people:
            return None
        return _colour(subfolders(people[person], root).get(video), root)

    return find


def _first_colour(person: Path | None, root: Path) -> Path | None:
    videos = subfolders(person, root).values() if person else ()
    return next((found for video in videos if (found := _colour(video, root))), None)


def _colour(video: Path | None, root: Path) -> Path | None:
    return subfolders(video, root).get("color") if video else None
