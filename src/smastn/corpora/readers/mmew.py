"""MMEW (Ben et al. 2022): 300 micro-expressions of 30 subjects, 90 frames per second.

The documented tree is ``S03/happiness/S03-01-002/1.jpg``, the released one
``Micro_Expression/happiness/S03-01-002/1.jpg``: a clip's folder is found by its
name at any depth. Frames count from 1 within the clip. Facts: TPAMI
10.1109/TPAMI.2021.3067464, the owners' page, and one public reader.
"""

import re
from pathlib import Path

from smastn.corpora.class_schemes import label_scheme
from smastn.corpora.corpus import Corpus, CorpusDefinition
from smastn.corpora.normalise import subject_number
from smastn.corpora.release_layout import Release, require_sheet, wrong_level
from smastn.corpora.shared_reading import assemble, read_annotations
from smastn.corpora.to_clips import Rules
from smastn.media.frame_folders import subfolders

RELEASE = Release(
    corpus="mmew",
    sheet=r"mmew[ _-]*micro",
    subjects="",
    wanted="MMEW_Micro_Exp.xlsx and Micro_Expression/happiness/S03-01-002 ...",
)
_CLIP = re.compile(r"(s\d+)-\d+-\d+", re.IGNORECASE)
_SIX = {"happiness": 36, "surprise": 89, "disgust": 72, "fear": 16, "sadness": 13, "anger": 8}
_FOUR = {"happiness": 36, "surprise": 89, "disgust": 72, "others": 66}
_BEN = "Ben et al. 2022, 10.1109/TPAMI.2021.3067464"


def read_mmew(root: Path) -> Corpus:
    """The micro-expressions of MMEW under `root`."""
    sheets = require_sheet(root, RELEASE)
    folders = _clip_folders(root)
    if not folders:
        raise wrong_level(root, lambda folder: bool(_clip_folders(folder)), RELEASE)
    rules = Rules("mmew", rate=90.0, folder_is_clip=True)
    annotations = read_annotations(sheets[0], folders, width=2)
    return assemble(root, rules, annotations, sheets, folders.values())


def _clip_folders(root: Path) -> dict[tuple[int, str], Path]:
    found: dict[tuple[int, str], Path] = {}
    level = [root]
    for _ in range(5):
        children = [pair for folder in level for pair in subfolders(folder, root).items()]
        for name, path in children:
            clip = _CLIP.fullmatch(name)
            if clip and "macro" not in str(path.relative_to(root)).lower():
                found.setdefault((subject_number(clip[1]) or 0, name), path)
        level = [path for name, path in children if not _CLIP.fullmatch(name)]
    return found


CORPUS = CorpusDefinition(
    name="mmew",
    title="MMEW",
    read=read_mmew,
    holds="300 clips, 30 subjects, 90 frames per second",
    ask="http://www.dpailab.com/database.html",
    licence="agreement signed by permanent staff; research only; not to be passed on",
    schemes=(
        label_scheme("7", {**_SIX, "others": 66}, 30, _BEN),
        label_scheme("6", _SIX, None, _BEN),
        label_scheme("4", _FOUR, None, _BEN),
    ),
    recognise=RELEASE.found_in,
)
