"""CAS(ME)^2 (Qu et al. 2018): 57 micro- and 300 macro-expressions, 22 subjects, 30 fps.

The sheet has no header and calls videos ``anger1``; two more sheets map these
names to folders: subject 1 is ``s15``, ``disgust1`` is ``0101``. An offset of 0 is
unknown. Facts: TAFFC 10.1109/TAFFC.2017.2654440 and the MEGC 2020 baseline.
"""

import re
from dataclasses import replace
from pathlib import Path

from smastn.corpora.corpus import Corpus, CorpusDefinition
from smastn.corpora.release_layout import Release, require_sheet, require_subjects, subject_folders
from smastn.corpora.shared_reading import assemble, row_annotation
from smastn.corpora.tables import read_positions
from smastn.corpora.to_clips import Rules
from smastn.media.frame_folders import subfolders

RELEASE = Release(
    corpus="casme_squared",
    sheet=r"(?:cas\(me\)\^?2)?[ _-]*code_final",
    subjects=r"s0*(\d+)",
    wanted="CAS(ME)^2code_final.xlsx and rawpic/s15/15_0101disgustingteeth ...",
)
COLUMNS = (
    *("subject", "video", "onset", "apex", "offset", "units", "emotion", "type", "self_report"),
)


def read_casme_squared(root: Path) -> Corpus:
    """CAS(ME)^2 under `root`; a clip's name is its video and its onset, ``anger1_1_557``."""
    sheets = require_sheet(root, RELEASE)
    levels = require_subjects(root, RELEASE)
    raw = [at for at in levels if at.name.lower() == "rawpic"]
    videos = _videos((raw or levels)[0], root)
    subjects, codes = _subjects(sheets[0]), _codes(sheets[0])
    annotations = []
    for row in read_positions(sheets[0], 0, COLUMNS):
        subject = row.whole("subject")
        if subject is None or not row.text("video"):
            continue  # an added header, or notes
        number = subjects.get(subject, subject)
        film = re.split(r"[_\s]", row.text("video").lower())[0]
        name = f"{row.text('video')}_{row.whole('onset')}"
        folder = videos.get((number, codes.get(film, "")))
        macro = row.text("type").lower().startswith("macro")
        annotations.append(replace(row_annotation(row, f"{number:02d}", name, folder), macro=macro))
    return assemble(root, Rules("casme_squared", rate=30.0), annotations, sheets)


def _subjects(sheet: Path) -> dict[int, int]:
    """Subject in the sheet and number of its folder, from ``[15, 's15', 1]``."""
    rows = read_positions(sheet, 1, ("number", "folder", "subject"))
    pairs = ((row.whole("subject"), row.whole("number")) for row in rows)
    return {one: number for one, number in pairs if one is not None and number is not None}


def _codes(sheet: Path) -> dict[str, str]:
    """Film in the sheet and four digits in the folder's name, from ``['0101', 'disgust1']``."""
    rows = read_positions(sheet, 2, ("code", "film"))
    return {row.text("film").lower(): row.text("code").zfill(4) for row in rows}


def _videos(level: Path, root: Path) -> dict[tuple[int, str], Path]:
    """Folders of videos by the subject's number and the four-digit code."""
    return {
        (subject, code[1]): video
        for subject, folder in subject_folders(level, RELEASE.subjects, root).items()
        for name, video in subfolders(folder, root).items()
        if (code := re.match(r"\d+_(\d{4})", name))
    }


CORPUS = CorpusDefinition(
    name="casme_squared",
    title="CAS(ME)^2",
    read=read_casme_squared,
    holds="87 long videos, 57 micro- and 300 macro-expressions, 22 subjects, 30 frames per second",
    ask="http://fu.psych.ac.cn/CASME/cas(me)2-en.php",
    licence="agreement signed by permanent staff; research only; not to be passed on",
    recognise=RELEASE.found_in,
)
