"""Reads and writes ``manifest.csv``, the table of a user's own corpus.

It is in the folder of the corpus; one row is one clip. The columns are

=============  =====================================================================
subject        ``corpus/subject``, or the subject alone where there is ``corpus``
name           the clip's name, unique for its subject
emotion        the label
source         a video, or a folder of images, relative to the folder of the table
onset          first frame of the movement, counted from 0
apex           frame of the strongest movement; may be empty or left out
offset         last frame of the movement, inclusive
rate           frames per second; may be empty or left out for videos
action_units   such as ``1+2`` or ``L14``, ``0`` for none; empty where they are unknown
corpus         the corpus' name; may be left out
=============  =====================================================================

Other columns are ignored. The table is UTF-8, with commas or semicolons.
"""

import csv
import math
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from smastn.corpora.clip import Clip
from smastn.corpora.facs import format_units, parse_units
from smastn.errors import InputError
from smastn.files import csv_text, write_atomic
from smastn.media.frames import open_frames

MANIFEST = "manifest.csv"
"""The table's name in a corpus folder."""

COLUMNS = (
    *("subject", "name", "emotion", "source", "onset", "apex", "offset"),
    *("rate", "action_units"),
)
"""The columns `write_manifest` writes, in this order."""

_NEEDED = ("subject", "name", "emotion", "source", "onset", "offset")
_NAME = re.compile(r"[^/\\.][^/\\]*")
_SUBJECT = re.compile(rf"{_NAME.pattern}/{_NAME.pattern}")


def read_manifest(root: str | Path) -> list[Clip]:
    """Every clip that ``root/manifest.csv`` lists, in its order.

    Raises:
        InputError: the table is missing or cannot be read, a column is missing, or a row is not
            a clip; the message names row (1 is the heading) and column.
    """
    root = Path(root)
    table = root / MANIFEST
    rows = _read_rows(table)
    seen: dict[str, int] = {}
    clips = []
    for number, row in enumerate(rows, start=2):
        clip = _clip(row, root, f"{table}, row {number}")
        if clip.key in seen:
            raise InputError(
                f"{table}, row {number}, column name: {clip.key} is in row {seen[clip.key]} "
                "already; wanted a name of its own for each clip of a subject"
            )
        seen[clip.key] = number
        clips.append(clip)
    if not clips:
        raise InputError(f"{table} lists no clip; wanted a row for each below the heading")
    return clips


def write_manifest(root: str | Path, clips: Sequence[Clip]) -> None:
    """Write ``root/manifest.csv`` atomically; sources are written relative to `root`.

    Raises:
        InputError: a clip's source lies outside `root`, or the table cannot be written.
    """
    root = Path(root)
    write_atomic(root / MANIFEST, csv_text([COLUMNS, *(_row(clip, root) for clip in clips)]))


def _read_rows(table: Path) -> list[dict[str, str]]:
    if not table.parent.is_dir():
        raise InputError(
            f"{table.parent} is no folder; wanted a corpus folder that holds {MANIFEST}; check "
            "the spelling, or make one with smastn synth"
        )
    if not table.is_file():
        raise InputError(
            f"{table.parent} holds no {MANIFEST}; wanted a table of its clips with the columns "
            f"{', '.join(COLUMNS)}; write one, or make a corpus with smastn synth"
        )
    try:
        lines = table.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InputError(f"{table} is not UTF-8 text; save it again as CSV UTF-8") from error
    heading = lines[0] if lines else ""
    delimiter = ";" if heading.count(";") > heading.count(",") else ","
    reader = csv.DictReader(lines, delimiter=delimiter, restval="", skipinitialspace=True)
    try:
        return _rows_with_known_columns(reader, table)
    except csv.Error as error:
        raise InputError(f"{table} is not a table ({error}); save it again as CSV UTF-8") from error


def _rows_with_known_columns(reader: "csv.DictReader[str]", table: Path) -> list[dict[str, str]]:
    known = [name.strip().lower() for name in reader.fieldnames or []]
    missing = [name for name in _NEEDED if name not in known]
    if missing:
        raise InputError(
            f"{table} has no column {' and no column '.join(missing)}; its heading is "
            f"{', '.join(known) or 'empty'}, and the known columns are {', '.join(COLUMNS)}, corpus"
        )
    reader.fieldnames = known
    return [
        {name: value.strip() for name, value in row.items() if isinstance(value, str)}
        for row in reader
    ]


def _clip(row: dict[str, str], root: Path, where: str) -> Clip:
    for column in ("subject", "name", "emotion"):
        if not row[column]:
            raise InputError(f"{where}, column {column}: it is empty; wanted a word")
    subject = f"{row['corpus']}/{row['subject']}" if row.get("corpus") else row["subject"]
    if not (_SUBJECT.fullmatch(subject) and _NAME.fullmatch(row["name"])):
        raise InputError(
            f"{where}: subject {subject} and name {row['name']} were given; wanted corpus/subject "
            "and a plain name, since files are named after them"
        )
    source = _source(row["source"], root, where)
    onset, offset = (_frame(row, column, where) for column in ("onset", "offset"))
    apex = _frame(row, "apex", where) if row.get("apex") else None
    rate, units = _rate(row, source, where), _action_units(row, where)
    emotion = row["emotion"].lower()
    try:
        return Clip(subject, row["name"], emotion, source, onset, offset, apex, rate, units)
    except InputError as error:
        raise InputError(f"{where}: {error}") from error


def _source(text: str, root: Path, where: str) -> Path:
    if not text:
        raise InputError(f"{where}, column source: it is empty; wanted a video or a folder")
    source = root / text
    if not source.resolve().is_relative_to(root.resolve()):
        raise InputError(
            f"{where}, column source: {text} leads out of {root}; wanted a path inside it; copy "
            "the frames there"
        )
    if not source.exists():
        raise InputError(
            f"{where}, column source: {text} is not in {root}; wanted a video or a folder of "
            "images; correct the path"
        )
    return source


def _frame(row: dict[str, str], column: str, where: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", row[column]):
        raise InputError(
            f"{where}, column {column}: {row[column] or 'nothing'} is no frame number; wanted a "
            "whole number, counted from 0"
        )
    return int(row[column])


def _rate(row: dict[str, str], source: Path, where: str) -> float:
    text = row.get("rate", "")
    if not text:
        if source.is_dir():
            raise InputError(
                f"{where}, column rate: it is empty, and a folder of images has none; fill in "
                "the frames per second"
            )
        return _video_rate(source)
    try:
        rate = float(text)
    except ValueError:
        rate = math.nan
    if not 0 < rate < math.inf:
        raise InputError(
            f"{where}, column rate: {text} was given; wanted frames per second, such as 200"
        )
    return rate


@lru_cache(maxsize=64)
def _video_rate(source: Path) -> float:
    with open_frames(source) as stream:
        return stream.rate


def _action_units(row: dict[str, str], where: str) -> tuple[str, ...] | None:
    try:
        return parse_units(row.get("action_units", ""))
    except InputError as error:
        raise InputError(f"{where}, column action_units: {error}") from error


def _row(clip: Clip, root: Path) -> list[str]:
    source = clip.source.resolve()
    if not source.is_relative_to(root.resolve()):
        raise InputError(
            f"clip {clip.key}: {clip.source} lies outside {root}; wanted it inside, so that the "
            "corpus can be moved as one folder"
        )
    apex = "" if clip.apex is None else str(clip.apex)
    return [
        *(clip.subject, clip.name, clip.emotion, source.relative_to(root.resolve()).as_posix()),
        *(str(clip.onset), apex, str(clip.offset)),
        *(repr(clip.rate), format_units(clip.action_units)),
    ]
