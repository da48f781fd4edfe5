"""4DME (Li et al. 2022), grey images: 267 micro-expressions, 60 frames per second.

Clips may have several of five categories; a clip's emotion joins them with
``+`` in a fixed order. Only the grey images are read: no public reader shows
the layout of the other modalities. Facts: TAFFC 10.1109/TAFFC.2022.3182342 and
one public reader; the rate of the grey camera is the publication's.
"""

import re
from dataclasses import replace
from pathlib import Path

from smastn.corpora.corpus import Corpus, CorpusDefinition
from smastn.corpora.normalise import UNLABELLED, emotion_name, subject_number
from smastn.corpora.release_layout import Release, folders_like, require_sheet, wrong_level
from smastn.corpora.shared_reading import CLIP_COLUMNS, assemble, row_annotation
from smastn.corpora.tables import Row, read_table
from smastn.corpora.to_clips import Annotation, Rules
from smastn.media.frame_folders import subfolders

CATEGORIES = ("positive", "negative", "surprise", "repression", "others")
"""The five categories, in the order in which a clip's emotion joins them."""

RELEASE = Release(
    corpus="4dme",
    sheet=r"4dme[ _-]?labell?ing[ _-]?micro[ _-]?release",
    subjects="",
    wanted="4DME_Labelling_Micro_release v1.xlsx and gray_micro/<sub_ID>/<fold_name> ...",
)


def read_four_dme(root: Path) -> Corpus:
    """The grey clips of 4DME under `root`."""
    sheets = require_sheet(root, RELEASE)
    levels = folders_like(root, lambda folder: folder.name.lower() == "gray_micro", 3)
    if not levels:
        raise wrong_level(root, lambda folder: "gray_micro" in subfolders(folder, folder), RELEASE)
    subjects = subfolders(levels[0], root)
    rows = read_table(sheets[0], CLIP_COLUMNS)
    annotations = [one for row in rows if (one := _annotation(row, subjects, root))]
    return assemble(root, Rules("4dme", rate=60.0, folder_is_clip=True), annotations, sheets)


def _annotation(row: Row, subjects: dict[str, Path], root: Path) -> Annotation | None:
    number, name = subject_number(row.cells["subject"]), row.text("name")
    if number is None or not name:
        return None
    own = subjects.get(row.text("subject").casefold()) or _by_number(subjects, number)
    folder = subfolders(own, root).get(name.casefold()) if own else None
    annotation = row_annotation(row, f"{number:02d}", name, folder)
    return replace(annotation, emotion=_joined(row.text("emotion")))


def _by_number(subjects: dict[str, Path], number: int) -> Path | None:
    return next((path for name, path in subjects.items() if subject_number(name) == number), None)


def _joined(written: str) -> str:
    named = {emotion_name(part) for part in re.split(r"[+,/&]", written) if part.strip()}
    known = [category for category in CATEGORIES if category in named]
    return "+".join([*known, *sorted(named - set(known))]) or UNLABELLED


CORPUS = CorpusDefinition(
    name="4dme",
    title="4DME, grey",
    read=read_four_dme,
    holds="267 clips, several categories each",
    ask="University of Oulu, CMVS; the authors of 10.1109/TAFFC.2022.3182342",
    licence="agreement signed by permanent staff; research only; not to be passed on",
    recognise=RELEASE.found_in,
)
