"""Reads annotation sheets, .xlsx, .xls or text, as grids of cells.

The kind of file is detected from its content, not from its name: sheets of this
field are renamed, saved again, and exported under the wrong ending.
"""

import csv
import io
import struct
from pathlib import Path

import xlrd
from xlrd.biffh import XLRDError
from xlrd.compdoc import CompDocError

from smastn.corpora.grid import (
    MAX_BYTES,
    MAX_CELLS,
    MAX_COLUMNS,
    Cell,
    Grid,
    Merge,
    damaged_workbook,
    protected_workbook,
)
from smastn.corpora.xlsx import read_xlsx
from smastn.errors import InputError

_ZIP = b"PK\x03\x04"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DAMAGE = (
    *(CompDocError, struct.error, LookupError, ValueError, ArithmeticError, AssertionError),
    *(TypeError, AttributeError, NotImplementedError),
)
"""Exceptions of xlrd on damaged files; found by damaging files at random."""
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def read_sheets(path: str | Path) -> list[Grid]:
    """Every sheet of an .xlsx, .xls or .csv file, in its order.

    Raises:
        InputError: missing, open in a spreadsheet program, protected by a password, damaged, or
            larger than any annotation sheet.
    """
    path = Path(path)
    content = _content(path)
    if content.startswith(_ZIP):
        return read_xlsx(path)
    if content.startswith(_COMPOUND):
        if _ENCRYPTED in content:
            raise protected_workbook(path)
        return _read_xls(path, content)
    return [Grid(path.stem, _read_csv(path, content))]


def refuse_if_open(path: str | Path) -> None:
    """Refuse a sheet that is open in a spreadsheet program.

    Raises:
        InputError: a lock file, ``~$name`` or ``.~lock.name#``, lies beside `path`.
    """
    path = Path(path)
    short = path.name[2:] if len(path.stem) > 6 else path.name
    locks = [path.with_name(f"~${name}") for name in (path.name, short)]
    for lock in (*locks, path.with_name(f".~lock.{path.name}#")):
        if lock.exists():
            raise InputError(
                f"{path} is open in a spreadsheet program ({lock.name} lies beside it); wanted a "
                f"closed sheet: close it, or delete {lock.name} if it is left over"
            )


def _content(path: Path) -> bytes:
    if path.name.startswith("~$"):
        raise InputError(
            f"{path} is the lock file of a spreadsheet program, not a sheet; wanted the sheet "
            f"{path.name[2:]}: close it there and name it instead"
        )
    if not path.is_file():
        seen = "is a folder" if path.is_dir() else "does not exist"
        raise InputError(f"{path} {seen}; wanted an annotation sheet (.xlsx, .xls or .csv)")
    refuse_if_open(path)
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise InputError(
                f"{path} has {size:,} bytes; wanted an annotation sheet of at most "
                f"{MAX_BYTES // 2**20} MiB: check that it is the right file"
            )
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path} cannot be read ({error.strerror}); change its permissions, or close the "
            "program that uses it"
        ) from error


def _read_xls(path: Path, content: bytes) -> list[Grid]:
    quiet = io.StringIO()
    try:
        book = xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=quiet)
        return [_xls_grid(sheet) for sheet in book.sheets()]
    except XLRDError as error:
        if "encrypted" in str(error).lower():
            raise protected_workbook(path) from error
        raise damaged_workbook(path, error) from error
    except _DAMAGE as error:
        raise damaged_workbook(path, error) from error


def _xls_grid(sheet: xlrd.sheet.Sheet) -> Grid:
    rows = []
    for number in range(sheet.nrows):
        cells = tuple(_xls_value(cell) for cell in sheet.row(number)[:MAX_COLUMNS])
        if any(cell is not None for cell in cells):
            rows.append((number + 1, cells))
    merged = tuple(
        Merge(top + 1, left, bottom, right - 1) for top, bottom, left, right in sheet.merged_cells
    )
    return Grid(sheet.name, tuple(rows), merged)


def _xls_value(cell: xlrd.sheet.Cell) -> Cell:
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK) or cell.value == "":
        return None
    if cell.ctype in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        number = float(cell.value)
        return int(number) if number.is_integer() else number
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    return str(cell.value) if cell.ctype == xlrd.XL_CELL_TEXT else "#ERROR"


def _read_csv(path: Path, content: bytes) -> tuple[tuple[int, tuple[Cell, ...]], ...]:
    text = _decoded(path, content)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    if text.count(delimiter) + text.count("\n") > MAX_CELLS:
        raise InputError(
            f"{path} has more than {MAX_CELLS:,} cells; wanted an annotation sheet: check that it "
            "is the right file"
        )
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise InputError(f"{path} is not a table ({error}); wanted comma-separated text") from error
    rows = (
        (number, tuple(cell.strip() or None for cell in line[:MAX_COLUMNS]))
        for number, line in enumerate(lines, start=1)
    )
    return tuple((number, cells) for number, cells in rows if any(cells))


def _decoded(path: Path, content: bytes) -> str:
    if b"\0" not in content:
        # Spreadsheet programs in Chinese save text as GB 18030, not UTF-8.
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                continue
    raise InputError(
        f"{path} is neither a workbook nor text; wanted .xlsx, .xls or .csv: take the file from "
        "the distribution again"
    )
