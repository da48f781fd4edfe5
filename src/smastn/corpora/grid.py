"""One sheet as a grid of cells, whatever kind of file it came from."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from smastn.errors import InputError

Cell = str | int | float | bool | None
"""Content of one cell: text as written, a number, or None where it is empty."""

MAX_CELLS = 500_000
"""Cells one workbook may hold; the largest sheet of the field has about 100,000."""
MAX_BYTES = 64 * 2**20
"""Bytes one sheet may unpack to; the largest sheet of the field has about 5 MB."""
MAX_COLUMNS = 256
"""Columns read; those further right hold no annotation."""


class Merge(NamedTuple):
    """A block of merged cells: spreadsheet rows from 1, columns from 0, both ends inside."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet.

    Attributes:
        title: the sheet's name.
        rows: spreadsheet row number (from 1) and its cells, for rows that are not empty.
        merged: blocks of merged cells.
        uncomputed: (row, column) of formulas without a stored value.
    """

    title: str
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    merged: tuple[Merge, ...] = ()
    uncomputed: frozenset[tuple[int, int]] = frozenset()


def damaged_workbook(path: Path, error: Exception) -> InputError:
    """The error for a workbook that cannot be read."""
    return InputError(
        f"{path} is damaged or not a workbook ({error}); wanted a file that a spreadsheet program "
        "opens: take it from the distribution again"
    )


def protected_workbook(path: Path) -> InputError:
    """The error for a workbook with a password."""
    return InputError(
        f"{path} is protected by a password; wanted a sheet that opens without: open it in a "
        "spreadsheet program, save it without a password, and start again"
    )
