"""SMIC-E (Li et al. 2018): the long clips around SMIC's movements; up to three in one clip.

157 HS clips at 100 frames per second, 71 VIS and 71 NIR at 25. The sheet counts
the camera's frames, which are the numbers in the file names; text follows below
the table. Facts: the owners' page and public readers.
"""

from pathlib import Path

from smastn.corpora.corpus import Corpus, CorpusDefinition
from smastn.corpora.normalise import emotion_name, subject_number
from smastn.corpora.readers.smic import RATES, Camera
from smastn.corpora.release_layout import (
    Release,
    clip_folders,
    find_sheets,
    require_sheet,
    require_subjects,
)
from smastn.corpora.shared_reading import assemble
from smastn.corpora.tables import Column, Row, read_table
from smastn.corpora.to_clips import Annotation, Rules
from smastn.errors import InputError


def read_smic_long(root: Path, camera: Camera = "HS") -> Corpus:
    """The movements in the long clips of one camera, in the sheet's order; no apexes.

    The second and third movement of a clip are called ``s3_sur_01_2`` and ``s3_sur_01_3``.
    """
    release = _release(camera)
    sheets = require_sheet(root, release)
    folders = clip_folders(_level(root, release, camera), release.subjects, root)
    rows = read_table(sheets[0], _columns(camera))
    annotations = [one for row in rows for one in _annotations(row, folders)]
    rules = Rules("smic_long", rate=RATES[camera], has_apex=False)
    return assemble(root, rules, annotations, sheets, folders.values())


def _release(camera: Camera) -> Release:
    return Release(
        corpus="smic_long",
        sheet=rf"smic[ _-]{camera}[ _-]e[ _-]annotation",
        subjects=r"s0*(\d+)",
        wanted=f"SMIC-{camera}-E_annotation.xlsx and SMIC-{camera}-E/s03/s3_sur_01 ...",
        depth=3,
    )


def _columns(camera: Camera) -> tuple[Column, ...]:
    """The sheet's columns; a camera's own ``OnsetF NIR`` is preferred to a plain ``OnsetF``."""
    frames = [
        Column(name, (f"{title} {camera}", title), needed=not name[-1].isdigit())
        for name, title in (
            *(("onset", "OnsetF"), ("offset", "OffsetF"), ("onset2", "Onset2F")),
            *(("offset2", "Offset2F"), ("onset3", "Onset3F"), ("offset3", "Offset3F")),
        )
    ]
    named = (("subject", "Subject"), ("name", "Filename"), ("emotion", "Emotion"))
    return (*(Column(name, (title,)) for name, title in named), *frames)


def _level(root: Path, release: Release, camera: Camera) -> Path:
    levels = require_subjects(root, release)
    named = [at for at in levels if camera.lower() in str(at.relative_to(root)).lower()]
    beside = [at for at in levels if find_sheets(at.parent, release.sheet)]
    if not (named or beside):
        raise InputError(
            f"{root} holds subjects' folders, but none below a folder named after {camera}; "
            f"wanted {release.wanted}: name the folder that holds all cameras"
        )
    return (named or beside)[0]


def _annotations(row: Row, folders: dict[tuple[int, str], Path]) -> list[Annotation]:
    subject, name = subject_number(row.cells["subject"]), row.text("name")
    if subject is None or not name:
        return []  # notes below the table
    emotion = emotion_name(row.cells["emotion"])
    folder = folders.get((subject, name.casefold()))
    found = []
    for which in ("", "2", "3"):
        onset, offset = row.whole(f"onset{which}"), row.whole(f"offset{which}")
        if not which or onset:
            full_name = f"{name}_{which}" if which else name
            ends = (onset, None, offset)
            found.append(Annotation(f"{subject:02d}", full_name, emotion, folder, *ends))
    return found


CORPUS = CorpusDefinition(
    name="smic_long",
    title="SMIC-E HS",
    read=read_smic_long,
    holds="157 long clips, up to three movements each",
    ask="https://www.oulu.fi/cmvs/node/41319",
    licence="agreement signed by permanent staff; research only; not to be passed on",
    recognise=_release("HS").found_in,
)
