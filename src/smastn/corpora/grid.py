"""One sheet as a grid of cells, whatever kind of file it came from."""

from dataclasses import dataclass
from typing import NamedTuple

Cell = str | int | float | bool | None
"""What one cell holds: text as written, a number, or None where it is empty."""

MAX_CELLS = 500_000
"""Cells one workbook may hold; the largest sheet of the field has about 100,000."""
MAX_BYTES = 64 * 2**20
"""Bytes one sheet may unpack to; the largest sheet of the field has about 5 MB."""
MAX_COLUMNS = 256
"""Columns read; what lies further right is no annotation."""


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
        rows: spreadsheet row number (from 1) and its cells, for rows that hold anything.
        merged: blocks of merged cells.
        uncomputed: (row, column) of formulas whose value was never stored.
    """

    title: str
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    merged: tuple[Merge, ...] = ()
    uncomputed: frozenset[tuple[int, int]] = frozenset()


def column_letter(column: int) -> str:
    """The spreadsheet's name of a column counted from 0: 0 is A, 26 is AA."""
    letters = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """The column, counted from 0, that a spreadsheet calls `letters`."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
