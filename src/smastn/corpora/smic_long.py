"""SMIC-E (Li et al. 2018): the long clips around SMIC's movements; up to three in one clip.

157 HS clips at 100 frames a second, 71 VIS and 71 NIR at 25. The sheet counts
the camera's frames, which are the numbers in the file names; text follows under
the table. Facts: the owners' page and public readers.
"""

from pathlib import Path

from smastn.corpora.annotations import Annotation, Corpus, FrameIndex, Rules
from smastn.corpora.clip import Clip
from smastn.corpora.normalise import emotion_name, person_number
from smastn.corpora.release_layout import (
    Release,
    clip_folders,
    find_sheets,
    require_people,
    require_sheet,
)
from smastn.corpora.shared_reading import other_sheets, unlabelled
from smastn.corpora.smic import RATES, Camera
from smastn.corpora.tables import Column, Row, read_table
from smastn.corpora.to_clips import place_all
from smastn.errors import InputError


def smic_long_clips(root: Path, camera: Camera = "HS") -> list[Clip]:
    """Every usable movement in the long clips of one camera, in the sheet's order; no apexes.

    The second and third movement of a clip are called ``s3_sur_01_2`` and ``s3_sur_01_3``.

    Raises:
        InputError: sheet or pictures are missing or cannot be read.
    """
    return list(read_smic_long(root, camera).clips)


def read_smic_long(root: Path, camera: Camera = "HS") -> Corpus:
    """Like `smic_long_clips`, with all that is wrong with this copy.

    Raises:
        InputError: sheet or pictures are missing or cannot be read.
    """
    release = _release(camera)
    sheet, others = require_sheet(root, release)
    folders = clip_folders(_level(root, release, camera), release.people, root)
    rows = read_table(sheet, _columns(camera)).rows
    annotations = [a for row in rows for a in _annotations(row, folders)]
    rules = Rules("smic_long", rate=RATES[camera], has_apex=False)
    clips, defects = place_all(annotations, rules, FrameIndex(root))
    defects += unlabelled(folders.values(), annotations, root) + other_sheets(sheet, others)
    return Corpus("smic_long", root, tuple(clips), tuple(defects), sheets=(sheet,))


def _release(camera: Camera) -> Release:
    return Release(
        corpus="smic_long",
        sheet=rf"smic[ _-]{camera}[ _-]e[ _-]annotation",
        people=r"s0*(\d+)",
        wanted=f"SMIC-{camera}-E_annotation.xlsx and SMIC-{camera}-E/s03/s3_sur_01 ...",
        depth=3,
    )


def _columns(camera: Camera) -> tuple[Column, ...]:
    """The sheet's columns; a camera's own ``OnsetF NIR`` goes before a plain ``OnsetF``."""
    frames = [
        Column(name, (f"{title} {camera}", title), needed=not name[-1].isdigit())
        for name, title in (
            *(("onset", "OnsetF"), ("offset", "OffsetF"), ("onset2", "Onset2F")),
            *(("offset2", "Offset2F"), ("onset3", "Onset3F"), ("offset3", "Offset3F")),
        )
    ]
    named = (("person", "Subject"), ("name", "Filename"), ("emotion", "Emotion"))
    return (*(Column(name, (title,)) for name, title in named), *frames)


def _level(root: Path, release: Release, camera: Camera) -> Path:
    levels = require_people(root, release)
    named = [at for at in levels if camera.lower() in str(at.relative_to(root)).lower()]
    beside = [at for at in levels if find_sheets(at.parent, release.sheet)]
    if not (named or beside):
        raise InputError(
            f"{root} holds people's folders, but none under a folder named after {camera}; wanted "
            f"{release.wanted}: name the folder that holds all cameras"
        )
    return (named or beside)[0]


def _annotations(row: Row, folders: dict[tuple[int, str], Path]) -> list[Annotation]:
    person, name = person_number(row.cells["person"]), row.text("name")
    if person is None or not name:
        return []  # remarks under the table
    emotion = emotion_name(row.cells["emotion"])
    folder = folders.get((person, name.casefold()))
    found = []
    for which in ("", "2", "3"):
        onset, offset = row.whole(f"onset{which}"), row.whole(f"offset{which}")
        if not which or onset:
            called = f"{name}_{which}" if which else name
            found.append(Annotation(f"{person:02d}", called, emotion, folder, onset, None, offset))
    return found
