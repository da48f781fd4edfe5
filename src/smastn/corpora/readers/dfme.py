"""DFME (Zhao et al. 2023): 7,526 micro-expressions of 656 subjects, 200 to 500 frames per second.

Three sheets with AUs list the clips of the official split: training, testA and
testB. The titles of the frame columns are not documented: onset, apex and offset
are the three columns after the file name where they have no known title. Facts:
arXiv 2301.00985 and public readers.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from smastn.corpora.corpus import TRAINING_PART, Corpus, CorpusDefinition
from smastn.corpora.normalise import subject_number
from smastn.corpora.release_layout import Release, folders_like, require_sheet, wrong_level
from smastn.corpora.shared_reading import CLIP_COLUMNS, assemble, row_annotation
from smastn.corpora.tables import Row, read_positions, read_table
from smastn.corpora.to_clips import Annotation, Rules
from smastn.errors import InputError
from smastn.media.frame_folders import subfolders

RELEASE = Release(
    corpus="dfme",
    sheet=r"(?:training|test_?a|test_?b)_full_with_au",
    subjects="",
    wanted="training_full_with_AU.xlsx (or testA, testB) and train_data/sub0003_01 ...",
    depth=2,
)
RATE = 500.0
"""Frames per second of part A, half of the clips; parts B and C have 300 and 200, and no public
reader shows how to tell the parts apart."""

PARTS = (TRAINING_PART, "testA", "testB")
_CLIP = re.compile(r"sub\d+_\d+", re.IGNORECASE)


def read_dfme(root: Path) -> Corpus:
    """DFME under `root`, all parts of the official split that are there."""
    sheets = sorted(require_sheet(root, RELEASE), key=lambda sheet: PARTS.index(_part(sheet)))
    folders = _clip_folders(root)
    if not folders:
        raise wrong_level(root, lambda folder: bool(_clip_folders(folder)), RELEASE)
    annotations = [one for sheet in sheets for one in _annotations(sheet, folders)]
    corpus = assemble(root, Rules("dfme", rate=RATE, folder_is_clip=True), annotations)
    return replace(corpus, sheets=tuple(sheets))


def read_split(root: Path) -> Mapping[str, str]:
    """The part of the official split that each clip is in, by its key.

    Raises:
        InputError: a sheet is missing or cannot be read, or a clip is in two parts.
    """
    sheets = {_part(sheet): sheet for sheet in require_sheet(root, RELEASE)}
    parts: dict[str, str] = {}
    for part in PARTS:
        if part not in sheets:
            raise InputError(f"{root} has no sheet of {part}; wanted all three: add it")
        for annotation in _annotations(sheets[part], {}):
            key = f"dfme/{annotation.subject}/{annotation.name}"
            if parts.setdefault(key, part) != part:
                raise InputError(
                    f"{root} lists {key} in {parts[key]} and {part}; wanted each clip in one part "
                    "of the official split: audit this copy"
                )
    return parts


def _part(sheet: Path) -> str:
    name = sheet.name.lower().replace("_", "")
    return TRAINING_PART if name.startswith("training") else "testA" if "testa" in name else "testB"


def _annotations(sheet: Path, folders: dict[str, Path]) -> list[Annotation]:
    annotations = []
    for row in _rows(sheet):
        name = row.text("name")
        subject = subject_number(row.text("subject") or name.partition("_")[0])
        # A header read by position, or notes, have no onset.
        if subject is not None and name and row.whole("onset") is not None:
            folder = folders.get(name.casefold())
            annotations.append(row_annotation(row, f"{subject:04d}", name, folder))
    return annotations


def _rows(sheet: Path) -> tuple[Row, ...]:
    try:
        return read_table(sheet, CLIP_COLUMNS)
    except InputError as error:
        if "no header row with Onset Frame, Apex Frame, Offset Frame" not in str(error):
            raise
    names = ("subject", "name", "onset", "apex", "offset", "emotion", "units")
    return read_positions(sheet, 0, names)


def _clip_folders(root: Path) -> dict[str, Path]:
    def holds_clips(folder: Path) -> bool:
        return any(_CLIP.fullmatch(name) for name in subfolders(folder, folder))

    levels = folders_like(root, holds_clips, 2)
    return {name: path for level in levels for name, path in subfolders(level, root).items()}


CORPUS = CorpusDefinition(
    name="dfme",
    title="DFME",
    read=read_dfme,
    holds="7,526 clips, 656 subjects, 200 to 500 frames per second",
    ask="https://mea-lab-421.github.io",
    licence="agreement signed by permanent staff; research only; not to be passed on",
    split=read_split,
    recognise=RELEASE.found_in,
)
