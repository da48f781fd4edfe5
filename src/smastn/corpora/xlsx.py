"""Reads .xlsx workbooks in one pass with bounded memory.

openpyxl is not used, since it gives either formulas or their stored values, merged cells only
with the whole book in memory, and has no limits; annotation sheets need all three, from files
that may be malicious. This reader streams, stops at a limit, and refuses document type
declarations (entity expansion).
"""

import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from xml.parsers import expat

from openpyxl.utils.cell import column_index_from_string, range_boundaries

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
from smastn.errors import InputError

_CHUNK = 1 << 16
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, OSError),
    *(LookupError, ValueError, ArithmeticError, NotImplementedError),
)
"""Exceptions on damaged workbooks; found by damaging workbooks at random."""


def read_xlsx(path: Path) -> list[Grid]:
    """Every sheet of the workbook at `path`, in the workbook's order.

    Raises:
        InputError: the file is damaged, protected by a password, or unpacks to
            more than `MAX_BYTES` a sheet or `MAX_CELLS` cells.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _Workbook(path, archive).grids()
    except _DAMAGE as error:
        raise damaged_workbook(path, error) from error


class _Workbook:
    """The parts of one open workbook."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self.path = path
        self.archive = archive
        self.members = {name.lower(): name for name in archive.namelist()}
        self.cells_left = MAX_CELLS

    def grids(self) -> list[Grid]:
        strings = _SharedStrings()
        if "xl/sharedstrings.xml" in self.members:
            self.stream("xl/sharedStrings.xml", strings)
        links = _Attributes("Relationship", ("Id", "Target"))
        self.stream("xl/_rels/workbook.xml.rels", links)
        targets = dict(links.found)
        sheets = _Attributes("sheet", ("name", "id"))
        self.stream("xl/workbook.xml", sheets)
        grids = []
        for title, link in sheets.found:
            target = targets[link].removeprefix("/").removeprefix("xl/")
            if not target.lower().startswith("worksheets/"):
                continue
            sheet = _Sheet(strings.texts, self.count_cell)
            self.stream(f"xl/{target}", sheet)
            grids.append(sheet.grid(title))
        return grids

    def count_cell(self) -> None:
        self.cells_left -= 1
        if self.cells_left < 0:
            raise InputError(self.too_large(f"more than {MAX_CELLS:,} cells"))

    def stream(self, member: str, part: "_Part") -> None:
        info = self.archive.getinfo(self.members[member.lower()])
        if info.flag_bits & 1:
            raise protected_workbook(self.path)
        if info.file_size > MAX_BYTES:
            raise InputError(self.too_large(f"{member} alone unpacks to {info.file_size:,} bytes"))
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = part.start
        parser.EndElementHandler = part.end
        parser.CharacterDataHandler = part.text
        parser.StartDoctypeDeclHandler = self.refuse_doctype
        with self.archive.open(info) as stream:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk, False)
        parser.Parse(b"", True)

    def refuse_doctype(self, *_declaration: object) -> None:
        raise InputError(self.too_large("it declares a document type"))

    def too_large(self, seen: str) -> str:
        return (
            f"{self.path} is not an annotation sheet ({seen}); wanted at most "
            f"{MAX_CELLS:,} cells and {MAX_BYTES // 2**20} MiB a sheet: take the file from the "
            "distribution again"
        )


class _Part:
    """Handles the elements of one XML part as they are parsed."""

    def start(self, tag: str, attributes: dict[str, str]) -> None: ...

    def end(self, tag: str) -> None: ...

    def text(self, text: str) -> None: ...


class _Attributes(_Part):
    """Collects two attributes of every element of one name."""

    def __init__(self, element: str, names: tuple[str, str]) -> None:
        self.element = element
        self.names = names
        self.found: list[tuple[str, str]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if _local(tag) == self.element:
            plain = {_local(name): value for name, value in attributes.items()}
            self.found.append((plain[self.names[0]], plain[self.names[1]]))


class _SharedStrings(_Part):
    """The workbook's table of texts, without phonetic guides."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.pieces: list[str] = []
        self.listening = False
        self.guide = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _local(tag)
        self.guide += name == "rPh"
        self.listening = name == "t" and not self.guide

    def end(self, tag: str) -> None:
        name = _local(tag)
        self.guide -= name == "rPh"
        self.listening = False
        if name == "si":
            if len(self.texts) >= MAX_CELLS:
                raise ValueError(f"more than {MAX_CELLS:,} texts")
            self.texts.append("".join(self.pieces))
            self.pieces = []

    def text(self, text: str) -> None:
        if self.listening:
            self.pieces.append(text)


class _Sheet(_Part):
    """Cells, merged blocks and uncomputed formulas of one sheet."""

    def __init__(self, strings: list[str], count_cell: Callable[[], None]) -> None:
        self.strings = strings
        self.count_cell = count_cell
        self.rows: dict[int, dict[int, Cell]] = {}
        self.merged: list[Merge] = []
        self.uncomputed: set[tuple[int, int]] = set()
        self.columns: dict[str, int] = {}
        self.row, self.column, self.kind = 0, -1, "n"
        self.pieces: list[str] = []
        self.listening = self.formula = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _local(tag)
        if name == "c":
            self.count_cell()
            self.column = self.place(attributes.get("r", ""))
            self.kind = attributes.get("t", "n")
            self.pieces, self.formula = [], False
        elif name == "row":
            self.row = int(attributes.get("r", self.row + 1))
            self.column = -1
        elif name == "f":
            self.formula = True
        elif name == "mergeCell":
            self.merged.append(_merge(attributes["ref"]))
        self.listening = name == "v" or (name == "t" and self.kind == "inlineStr")

    def end(self, tag: str) -> None:
        self.listening = False
        if _local(tag) != "c":
            return
        written = "".join(self.pieces)
        if self.formula and not written and self.kind != "str":
            self.uncomputed.add((self.row, self.column))
        value = self.value(written)
        if value is not None and self.column < MAX_COLUMNS:
            self.rows.setdefault(self.row, {})[self.column] = value

    def text(self, text: str) -> None:
        if self.listening:
            self.pieces.append(text)

    def place(self, reference: str) -> int:
        """The column of a cell; one without a reference follows the last."""
        if not reference:
            return self.column + 1
        letters = reference.rstrip("0123456789")
        if letters not in self.columns:
            self.columns[letters] = column_index_from_string(letters) - 1
        return self.columns[letters]

    def value(self, written: str) -> Cell:
        if not written:
            return None
        match self.kind:
            case "s":
                return self.strings[int(written)] or None
            case "n":
                number = float(written)
                return int(number) if number.is_integer() else number
            case "b":
                return written == "1"
            case _:
                return written

    def grid(self, title: str) -> Grid:
        rows = tuple(
            (number, tuple(cells.get(column) for column in range(max(cells) + 1)))
            for number, cells in sorted(self.rows.items())
        )
        return Grid(title, rows, tuple(self.merged), frozenset(self.uncomputed))


def _local(tag: str) -> str:
    return tag.rpartition(":")[2] if ":" in tag else tag


def _merge(reference: str) -> Merge:
    left, top, right, bottom = (bound or 0 for bound in range_boundaries(reference))
    return Merge(top, left - 1, bottom, right - 1)
