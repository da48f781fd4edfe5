"""Reads action units that were coded apart from a corpus: a table of clips and FACS strings.

The columns are ``dataset``, ``subject``, ``clip`` and ``action_units`` (``4+L10``; ``0`` for none
and empty for unknown). Subjects are compared by their numbers and clips without regard to
capitals, since corpora and tables spell them differently: ``sub01`` is ``casme2/01``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from smastn.corpora.clip import Clip
from smastn.corpora.facs import parse_units
from smastn.corpora.normalise import subject_number
from smastn.corpora.tables import Column, Row, read_table
from smastn.errors import InputError

_COLUMNS = (
    Column("corpus", ("dataset", "corpus", "database")),
    Column("subject", ("subject", "sub")),
    Column("clip", ("clip", "name", "filename")),
    Column("units", ("action_units", "action units", "au")),
)

_Key = tuple[str, str, str]
"""Corpus, subject, clip, in the one spelling that both sides are compared in."""


@dataclass(frozen=True, slots=True)
class Coding:
    """The action units of clips, as a table gives them.

    Attributes:
        path: of the table.
        units: codes by corpus, subject and clip; None where a cell is empty.
    """

    path: Path
    units: Mapping[_Key, tuple[str, ...] | None]

    def of(self, clips: Sequence[Clip]) -> list[Clip]:
        """The clips with their units; one that the table lacks keeps those it has.

        Raises:
            InputError: the table names none of the clips.
        """
        known = [self.units.get(_key_of(clip)) for clip in clips]
        if all(one is None for one in known):
            seen = "/".join(next(iter(self.units), ("nothing",)))
            raise InputError(
                f"{self.path} codes {len(self.units)} clips, first {seen}, and none of the "
                f"{len(clips)} clips here, first {clips[0].key if clips else 'nothing'}; wanted "
                "the same dataset, subject and clip: name the coding of this corpus"
            )
        pairs = zip(clips, known, strict=True)
        return [clip if one is None else replace(clip, action_units=one) for clip, one in pairs]


def read_coding(path: str | Path) -> Coding:
    """The table at `path`.

    Raises:
        InputError: it cannot be read, a column is missing, a cell is no FACS string, or a clip is
            coded twice.
    """
    path, units = Path(path), dict[_Key, tuple[str, ...] | None]()
    for row in read_table(path, _COLUMNS):
        key = _key(row.text("corpus"), row.text("subject"), row.text("clip"))
        if key in units:
            raise InputError(
                f"{path}, line {row.number}: {'/'.join(key)} is coded above already; wanted one "
                "line for each clip: remove one of them"
            )
        units[key] = _units(row, path)
    return Coding(path, units)


def _units(row: Row, path: Path) -> tuple[str, ...] | None:
    try:
        return parse_units(row.text("units"))
    except InputError as error:
        raise InputError(f"{path}, line {row.number}, column action_units: {error}") from error


def _key_of(clip: Clip) -> _Key:
    corpus, _, subject = clip.subject.partition("/")
    return _key(corpus, subject, clip.name)


def _key(corpus: str, subject: str, clip: str) -> _Key:
    number = subject_number(subject)
    name = subject.casefold() if number is None else str(number)
    return corpus.casefold(), name, clip.casefold()
