"""Turns the spellings of emotions, subjects and action units in sheets into one."""

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
_SEPARATORS = re.compile(r"[+,，;、/\s]+|\bor\b|\band\b", re.IGNORECASE)  # noqa: RUF001
_UNIT = re.compile(r"(?:AU)?([A-Z]{0,2}?)(\d{1,2})[A-E]?", re.IGNORECASE)


def emotion_name(cell: Cell) -> str:
    """An emotion in lower case and this package's spelling; `UNLABELLED` for an empty cell."""
    written = cell_text(cell).lower()
    return EMOTIONS.get(written, written) or UNLABELLED


def subject_number(cell: Cell) -> int | None:
    """The number in ``6``, ``006``, ``sub06``, ``s6`` or ``spNO.6``, or None."""
    runs = re.findall(r"\d{1,9}", cell_text(cell))
    return int(runs[-1]) if runs else None


def action_units(cell: Cell) -> tuple[str, ...]:
    """Action units in the order written: number, with L or R before it for one side only.

    Intensities (``12B``), holds (``(k)``), other prefixes and doubtful ``or`` are
    reduced to the plain numbers: ``"L4+AU12B or 14(k)"`` is ``("L4", "12", "14")``.
    """
    units: list[str] = []
    for token in _SEPARATORS.split(re.sub(r"\([^)]*\)", " ", cell_text(cell))):
        found = _UNIT.fullmatch(token)
        if found and int(found[2]):
            side = found[1].upper()[-1:]
            unit = f"{side if side in 'LR' else ''}{int(found[2])}"
            if unit not in units:
                units.append(unit)
    return tuple(units)


def objective_class(cell: Cell) -> int | None:
    """Objective class 1 to 7, written ``3`` or ``III``, or None."""
    written = cell_text(cell).lower()
    if written in _ROMAN:
        return _ROMAN[written]
    return int(written) if re.fullmatch(r"[1-7]", written) else None
