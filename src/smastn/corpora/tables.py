"""Reads annotation sheets as rows with named cells; the header row is searched for.

Releases of one corpus put the header on row 1, 10 or 14, leave columns without
a title, and write `/` or 0 for unknown values.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl.utils.cell import get_column_letter

from smastn.corpora.grid import Cell, Grid
from smastn.corpora.sheets import read_sheets
from smastn.errors import InputError

_SCANNED_ROWS = 60


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet.

    Attributes:
        name: its name in `Row.cells`.
        titles: its titles in sheets, preferred ones first; only letters and digits are compared.
        needed: whether a sheet without it is refused.
    """

    name: str
    titles: tuple[str, ...]
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet; `number` counts as spreadsheet programs do, from 1."""

    number: int
    cells: dict[str, Cell]

    def text(self, name: str) -> str:
        """The cell as text without outer blanks; "" where it is empty."""
        return cell_text(self.cells.get(name))

    def whole(self, name: str) -> int | None:
        """The cell as a whole number, or None where it holds none (``/``, a remark)."""
        return whole_number(self.cells.get(name))


def read_table(path: str | Path, columns: Sequence[Column]) -> tuple[Row, ...]:
    """The rows below the header of the first sheet that has all needed columns.

    Raises:
        InputError: no such header (the message names the columns found), a title twice, merged
            cells or uncomputed formulas in these columns, or anything `read_sheets` refuses.
    """
    path = Path(path)
    grids = read_sheets(path)
    best: tuple[int, Grid, int, dict[str, list[int]]] | None = None
    for grid in grids:
        for index, (_, cells) in enumerate(grid.rows[:_SCANNED_ROWS]):
            places = _places(cells, columns)
            found = sum(column.needed and column.name in places for column in columns)
            if best is None or found > best[0]:
                best = (found, grid, index, places)
    if best is None:
        raise InputError(f"{path} is empty; wanted the columns {_wanted(columns)}")
    _, grid, header, places = best
    _refuse_bad_header(path, grid.title, columns, places)
    taken = {name: at[0] for name, at in places.items()}
    _refuse_bad_cells(path, grid, grid.rows[header][0], taken)
    return _rows(grid.rows[header + 1 :], taken)


def read_positions(path: str | Path, sheet: int, names: Sequence[str]) -> tuple[Row, ...]:
    """The rows of a sheet without a header: column i is called ``names[i]``.

    Raises:
        InputError: there is no such sheet, or its cells cannot be used.
    """
    path = Path(path)
    grids = read_sheets(path)
    if sheet >= len(grids):
        raise InputError(
            f"{path} has {len(grids)} sheets; wanted at least {sheet + 1}: take the file from the "
            "distribution again"
        )
    grid = grids[sheet]
    taken = {name: index for index, name in enumerate(names)}
    _refuse_bad_cells(path, grid, 1, taken)
    return _rows(grid.rows, taken)


def cell_text(cell: Cell) -> str:
    """A cell as text: no outer blanks, whole numbers without ``.0``, "" for an empty one."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()


def whole_number(cell: Cell) -> int | None:
    """A cell as a whole number, or None where it holds none."""
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, int):
        return cell
    found = re.fullmatch(r"\s*(-?\d{1,12})(?:\.0*)?\s*", str(cell))
    return int(found[1]) if found else None


def plain_title(cell: Cell) -> str:
    """A title in lower case, letters and digits only."""
    return re.sub(r"[^0-9a-z]+", "", cell_text(cell).lower())


def _places(cells: Iterable[Cell], columns: Sequence[Column]) -> dict[str, list[int]]:
    titles = [plain_title(cell) for cell in cells]
    places: dict[str, list[int]] = {}
    for column in columns:
        # A sheet may have both `Onset` and `Onset Frame`.
        for spelling in column.titles:
            at = [i for i, title in enumerate(titles) if title and title == plain_title(spelling)]
            if at:
                places[column.name] = at
                break
    return places


def _wanted(columns: Sequence[Column]) -> str:
    return ", ".join(column.titles[0] for column in columns if column.needed)


def _refuse_bad_header(
    path: Path, sheet: str, columns: Sequence[Column], places: dict[str, list[int]]
) -> None:
    missing = [c.titles[0] for c in columns if c.needed and c.name not in places]
    if missing:
        seen = ", ".join(c.titles[0] for c in columns if c.name in places) or "no known title"
        raise InputError(
            f"{path} has no header row with {', '.join(missing)} (seen in sheet {sheet!r}: "
            f"{seen}); wanted {_wanted(columns)}: give the columns these titles, or take the file "
            "from the distribution again"
        )
    for column in columns:
        at = places.get(column.name, [])
        if len(at) > 1:
            letters = " and ".join(get_column_letter(index + 1) for index in at)
            raise InputError(
                f"{path}, sheet {sheet!r}: columns {letters} are both called "
                f"{column.titles[0]}; wanted one: delete or rename the other"
            )


def _refuse_bad_cells(path: Path, grid: Grid, header: int, taken: dict[str, int]) -> None:
    wanted = set(taken.values())
    for merge in grid.merged:
        columns = any(merge.first_column <= column <= merge.last_column for column in wanted)
        several_rows = merge.last_row > merge.first_row
        in_header = merge.first_row <= header <= merge.last_row
        if columns and merge.last_row >= header and (several_rows or in_header):
            first = f"{get_column_letter(merge.first_column + 1)}{merge.first_row}"
            last = f"{get_column_letter(merge.last_column + 1)}{merge.last_row}"
            raise InputError(
                f"{path}, sheet {grid.title!r}: cells {first}:{last} are merged, so the row of "
                "their value is unknown; unmerge them and fill in every cell"
            )
    for row, column in sorted(grid.uncomputed):
        if row > header and column in wanted:
            raise InputError(
                f"{path}, sheet {grid.title!r}: cell {get_column_letter(column + 1)}{row} holds a "
                "formula without a stored value; open the file in a spreadsheet program, let it "
                "compute, and save it"
            )


def _rows(rows: Iterable[tuple[int, tuple[Cell, ...]]], taken: dict[str, int]) -> tuple[Row, ...]:
    named = (
        Row(number, {name: cells[at] if at < len(cells) else None for name, at in taken.items()})
        for number, cells in rows
    )
    return tuple(row for row in named if any(cell is not None for cell in row.cells.values()))
