"""SAMM Long Videos (Yap et al. 2020): 147 videos, 343 macro- and 159 micro-movements, 200 fps.

The sheet gives no emotion; where the sheet of the micro release lies beside it,
micro-movements take theirs from there. Macro-movements that begin at frame 0 or
1 began before the recording and are left out. Facts: arXiv 1911.01519 and public
readers.
"""

from dataclasses import replace
from pathlib import Path

from smastn.corpora.corpus import Corpus, CorpusDefinition, Defect
from smastn.corpora.normalise import emotion_name, subject_number
from smastn.corpora.readers.samm import RELEASE as MICRO_RELEASE
from smastn.corpora.release_layout import Release, find_sheets, require_sheet, require_subjects
from smastn.corpora.shared_reading import CLIP_COLUMNS, assemble, row_annotation
from smastn.corpora.tables import Column, read_table
from smastn.corpora.to_clips import Annotation, Rules
from smastn.media.frame_folders import subfolders

RELEASE = Release(
    corpus="samm_long",
    sheet=r"samm[ _-]?long[ _-]?videos",
    subjects=r"0*(\d{1,3})_\d+",
    wanted="SAMM_LongVideos_V3_Release.xlsx and SAMM_longvideos/006_1 ...",
)
COLUMNS = (
    Column("subject", ("Subject",)),
    Column("name", ("Filename",)),
    Column("onset", ("Onset", "Onset Frame")),
    Column("apex", ("Apex", "Apex Frame")),
    Column("offset", ("Offset", "Offset Frame")),
    Column("type", ("Type",)),
    Column("units", ("Action Units",), needed=False),
)


def read_samm_long(root: Path) -> Corpus:
    """The movements in the long videos of SAMM under `root`."""
    sheets = sorted(require_sheet(root, RELEASE), key=lambda path: path.name, reverse=True)
    annotations, early = _annotations(root, sheets[0])
    corpus = assemble(root, Rules("samm_long", rate=200.0), annotations, sheets)
    return replace(corpus, defects=(*early, *corpus.defects))


def _annotations(root: Path, sheet: Path) -> tuple[list[Annotation], list[Defect]]:
    videos = subfolders(require_subjects(root, RELEASE)[0], root)
    emotions = _emotions(root)
    annotations, early = [], []
    for row in read_table(sheet, COLUMNS):
        subject, name = subject_number(row.cells["subject"]), row.text("name")
        if subject is None or not name:
            continue
        folder = videos.get("_".join(name.split("_")[:2]))
        one = row_annotation(row, f"{subject:03d}", name, folder)
        kind = row.text("type").lower()
        if kind.startswith("macro") and (one.onset or 0) <= 1:
            key = f"samm_long/{one.subject}/{name}"
            early.append(Defect("no interval", key, "begins before the video", left_out=True))
        elif kind.startswith("macro"):
            annotations.append(replace(one, macro=True))
        else:
            micro = kind.startswith("micro")
            emotion = emotions.get(name, one.emotion) if micro else one.emotion
            annotations.append(replace(one, emotion=emotion))
    return annotations, early


def _emotions(root: Path) -> dict[str, str]:
    sheets = find_sheets(root, MICRO_RELEASE.sheet)
    rows = read_table(sheets[0], CLIP_COLUMNS) if sheets else ()
    return {row.text("name"): emotion_name(row.cells["emotion"]) for row in rows}


CORPUS = CorpusDefinition(
    name="samm_long",
    title="SAMM Long Videos",
    read=read_samm_long,
    holds="147 videos, 159 micro- and 343 macro-movements, 200 frames per second",
    ask="http://www2.docm.mmu.ac.uk/STAFF/M.Yap/dataset.php",
    licence="agreement signed by permanent staff; research only; not to be passed on",
    recognise=RELEASE.found_in,
)
