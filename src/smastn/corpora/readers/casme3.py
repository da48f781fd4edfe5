"""CAS(ME)^3 (Li et al. 2022): part A, 860 micro-expressions of 94 subjects; part C, a mock crime.

30 frames per second. Part A comes as cut clips (``Part_A_ME_clip``) or as whole
videos (``part_A_split``), numbered alike. Subjects are ``spNO.1`` in the sheet
and sometimes ``spNo.1`` on disk. In part C the sheet counts positions in the
sorted folder, not the numbers in file names. Facts: TPAMI
10.1109/TPAMI.2022.3174895 and the owners' annotation repository.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from smastn.corpora.class_schemes import Scheme, label_scheme
from smastn.corpora.corpus import Corpus, CorpusDefinition, Defect
from smastn.corpora.normalise import subject_number
from smastn.corpora.release_layout import (
    Release,
    find_sheets,
    require_sheet,
    require_subjects,
    subject_folders,
    subject_levels,
)
from smastn.corpora.shared_reading import CLIP_COLUMNS, assemble, row_annotation
from smastn.corpora.tables import Column, read_table
from smastn.corpora.to_clips import Annotation, Rules
from smastn.media.frame_folders import subfolders

_START = r"cas\(me\)\^?3_part_"
PART_A = Release(
    corpus="casme3",
    sheet=_START + r"a_me_label",
    subjects=r"spno\.?0*(\d+)(?:_[a-z]_\d+)?",
    wanted="cas(me)3_part_A_ME_label_JpgIndex_v2.xlsx and Part_A_ME_clip or part_A_split",
    depth=3,
)
PART_C = Release(
    corpus="casme3c",
    sheet=_START + r"c_me",
    subjects=r"0*(\d{1,2})",
    wanted="CAS(ME)3_part_C_ME.xlsx and part_C/01/a/color ...",
    depth=3,
)
_COLUMNS_C = (
    Column("subject", ("sub", "Subject")),
    Column("onset", ("onset",)),
    Column("offset", ("offset",)),
    Column("units", ("au",), needed=False),
    Column("emotion", ("emotion",)),
)

Find = Callable[[int, str, int | None], Path | None]
"""Finds the frames of a subject's video, given the onset in the sheet."""


def read_casme3(root: Path) -> Corpus:
    """Part A under `root`, micro- and macro-expressions.

    A clip's name is its video and its onset in the sheet, ``a_355``: a video may hold several.
    """
    sheets = require_sheet(root, PART_A)
    find, cut = _part_a_folders(root, "me")
    annotations, corrected = _annotations(sheets[0], find)
    rules = Rules("casme3", rate=30.0, folder_is_clip=cut)
    corpus = assemble(root, rules, annotations, sheets)
    corpus = replace(corpus, defects=(*corrected, *corpus.defects))
    for sheet in find_sheets(root, _START + r"a_mae_label", PART_A.depth)[:1]:
        find, cut = _part_a_folders(root, "mae")
        rules = replace(rules, folder_is_clip=cut)
        macro = assemble(root, rules, _annotations(sheet, find)[0]).clips
        corpus = replace(corpus, macro=macro, sheets=(*corpus.sheets, sheet))
    return corpus


def read_casme3c(root: Path) -> Corpus:
    """Part C under `root`, without apexes; a clip's name is its onset in the sheet."""
    sheets = require_sheet(root, PART_C)
    levels = [at for at in require_subjects(root, PART_C) if "part_a" not in str(at).lower()]
    subjects = subject_folders(levels[0], PART_C.subjects, root) if levels else {}
    annotations = []
    for row in read_table(sheets[0], _COLUMNS_C):
        subject, onset = subject_number(row.cells["subject"]), row.whole("onset")
        if subject is not None and onset is not None:
            folder = _first_colour(subjects.get(subject), root)
            annotations.append(row_annotation(row, f"{subject:03d}", f"{onset}", folder))
    # Positions are assumed to count from 1, as all frame numbers of these sheets do.
    rules = Rules("casme3c", rate=30.0, counted_from=1, has_apex=False)
    return assemble(root, rules, annotations, sheets)


def _annotations(sheet: Path, find: Find) -> tuple[list[Annotation], list[Defect]]:
    annotations, corrected = [], []
    for row in read_table(sheet, CLIP_COLUMNS):
        subject, video = subject_number(row.cells["subject"]), row.text("name").lower()
        if subject is None or not video:
            continue
        onset = row.whole("onset")
        folder = find(subject, video, onset)
        written = row_annotation(row, f"{subject:03d}", f"{video}_{onset}", folder)
        annotation = _correct(written, subject, video)
        if annotation != written:
            seen = f"row {row.number}: a known error of the sheet, corrected"
            corrected.append(Defect("sheet", f"casme3/{written.subject}/{written.name}", seen))
        annotations.append(annotation)
    return annotations, corrected


def _correct(written: Annotation, subject: int, video: str) -> Annotation:
    """Corrects errors of label sheet v2 that a public reader (meb) has found."""
    match subject, video, written.onset, written.offset:
        case 216, "d", 3647, 2694:
            return replace(written, onset=2647)
        case 214, "c", int(onset), 3460 if onset < 34:
            return replace(written, offset=34)
        case 40, "e", int(onset), 0 if onset < 2403:
            return replace(written, offset=1845 if onset < 1845 else 2403)
    return written


def _part_a_folders(root: Path, kind: str) -> tuple[Find, bool]:
    """How to find a clip's frames, and whether they are cut clips."""
    require_subjects(root, PART_A)
    levels = subject_levels(root, PART_A.subjects, depth=5)
    for level in levels:
        names = str(level.relative_to(root)).lower()
        if f"_{kind}_clip" in names and level.name.lower() == "frame":
            return _cut_clips(subfolders(level, root)), True
    whole = [at for at in levels if "_clip" not in str(at.relative_to(root)).lower()]
    subjects = subject_folders(whole[0], PART_A.subjects, root) if whole else {}
    return _whole_videos(subjects, root), False


def _cut_clips(folders: dict[str, Path]) -> Find:
    return lambda subject, video, onset: folders.get(f"spno.{subject}_{video}_{onset}")


def _whole_videos(subjects: dict[int, Path], root: Path) -> Find:
    def find(subject: int, video: str, onset: int | None) -> Path | None:
        if subject not in subjects:
            return None
        return _colour(subfolders(subjects[subject], root).get(video), root)

    return find


def _first_colour(subject: Path | None, root: Path) -> Path | None:
    videos = subfolders(subject, root).values() if subject else ()
    return next((found for video in videos if (found := _colour(video, root))), None)


def _colour(video: Path | None, root: Path) -> Path | None:
    return subfolders(video, root).get("color") if video else None


_LI = "Li et al. 2022, 10.1109/TPAMI.2022.3174895; label sheet v2"
_SEVEN = {
    **{"disgust": 250, "surprise": 187, "others": 161, "fear": 86, "anger": 64},
    **{"sadness": 57, "happiness": 55},
}
_THREE = {
    **dict.fromkeys(("disgust", "fear", "anger", "sadness"), "negative"),
    **{"surprise": "surprise", "happiness": "positive"},
}
_COUNTS = {"negative": 457, "positive": 55, "surprise": 187}

CORPUS = CorpusDefinition(
    name="casme3",
    title="CAS(ME)^3 part A",
    read=read_casme3,
    holds="860 clips, 94 subjects, 30 frames per second",
    ask="http://fu.psych.ac.cn/CASME/cas(me)3-en.php",
    licence="agreement signed by permanent staff; research only; not to be passed on",
    schemes=(
        label_scheme("7", _SEVEN, 94, _LI),
        Scheme("4", {**_THREE, "others": "others"}, {**_COUNTS, "others": 161}, 94, _LI),
        Scheme("3", _THREE, _COUNTS, 88, _LI),
    ),
    recognise=PART_A.found_in,
)
PART_C_CORPUS = replace(
    CORPUS,
    name="casme3c",
    title="CAS(ME)^3 part C",
    read=read_casme3c,
    holds="165 clips of a mock crime, 30 subjects",
    schemes=(),
    recognise=PART_C.found_in,
)
