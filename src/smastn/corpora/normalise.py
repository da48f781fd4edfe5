"""Turns the spellings of emotions, subjects and objective classes in sheets into one."""

import re

from smastn.corpora.tables import Cell, cell_text

EMOTIONS = {
    "other": "others",
    "happy": "happiness",
    "happyiness": "happiness",
    "sad": "sadness",
    "angry": "anger",
    "surprised": "surprise",
    "fearful": "fear",
    "disgusted": "disgust",
    "tense": "tension",
    "repressed": "repression",
}
"""Spellings found in sheets, and the one this package uses."""

UNLABELLED = "unlabelled"
"""Emotion of a clip without a label."""

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7}


def emotion_name(cell: Cell) -> str:
    """An emotion in lower case and this package's spelling; `UNLABELLED` for an empty cell."""
    written = cell_text(cell).lower()
    return EMOTIONS.get(written, written) or UNLABELLED


def subject_number(cell: Cell) -> int | None:
    """The number in ``6``, ``006``, ``sub06``, ``s6`` or ``spNO.6``, or None."""
    runs = re.findall(r"\d{1,9}", cell_text(cell))
    return int(runs[-1]) if runs else None


def objective_class(cell: Cell) -> int | None:
    """Objective class 1 to 7, written ``3`` or ``III``, or None."""
    written = cell_text(cell).lower()
    if written in _ROMAN:
        return _ROMAN[written]
    return int(written) if re.fullmatch(r"[1-7]", written) else None
