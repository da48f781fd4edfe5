"""Reads .xlsx workbooks in one pass with bounded memory.

openpyxl is not used, since it gives either formulas or their stored values, merged cells only
with the whole book in memory, and has no limits; annotation sheets need all three, from files
that may be malicious. This reader streams, stops at a limit, and refuses document type
declarations (entity expansion).
"""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
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

Event = tuple[str, dict[str, str] | None, str]
"""An element: its name, and at its start its attributes, at its end None and its text."""


def read_xlsx(path: str | Path) -> list[Grid]:
    """Every sheet of the workbook at `path`, in the workbook's order.

    Raises:
        InputError: the file is damaged, protected by a password, or unpacks to
            more than `MAX_BYTES` a sheet or `MAX_CELLS` cells.
    """
    path = Path(path)
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
        self.columns: dict[str, int] = {}

    def grids(self) -> list[Grid]:
        strings = self.shared_strings() if "xl/sharedstrings.xml" in self.members else []
        links = self.attributes("xl/_rels/workbook.xml.rels", "Relationship")
        targets = {link["Id"]: link["Target"] for link in links}
        grids = []
        for sheet in self.attributes("xl/workbook.xml", "sheet"):
            target = targets[sheet["id"]].removeprefix("/").removeprefix("xl/")
            if target.lower().startswith("worksheets/"):
                grids.append(self.grid(f"xl/{target}", sheet["name"], strings))
        return grids

    def attributes(self, member: str, element: str) -> list[dict[str, str]]:
        """Attributes of every element of this name, without their prefixes."""
        return [
            {_local(name): value for name, value in attributes.items()}
            for tag, attributes, _ in self.events(member)
            if tag == element and attributes is not None
        ]

    def shared_strings(self) -> list[str]:
        """The workbook's table of texts, without phonetic guides."""
        texts: list[str] = []
        pieces: list[str] = []
        guides = 0
        for tag, attributes, text in self.events("xl/sharedStrings.xml"):
            if tag == "rPh":
                guides += 1 if attributes is not None else -1
            elif attributes is None and tag == "t" and not guides:
                pieces.append(text)
            elif attributes is None and tag == "si":
                if len(texts) >= MAX_CELLS:
                    raise InputError(self.too_large(f"more than {MAX_CELLS:,} texts"))
                texts.append("".join(pieces))
                pieces = []
        return texts

    def grid(self, member: str, title: str, strings: list[str]) -> Grid:
        """Cells, merged blocks and uncomputed formulas of one sheet."""
        rows: dict[int, dict[int, Cell]] = {}
        merged: list[Merge] = []
        uncomputed: set[tuple[int, int]] = set()
        for row, column, kind, written, formula in self.cells(member, merged):
            if formula and not written and kind != "str":
                uncomputed.add((row, column))
            value = _value(written, kind, strings)
            if value is not None and column < MAX_COLUMNS:
                rows.setdefault(row, {})[column] = value
        filled = tuple(
            (number, tuple(cells.get(column) for column in range(max(cells) + 1)))
            for number, cells in sorted(rows.items())
        )
        return Grid(title, filled, tuple(merged), frozenset(uncomputed))

    def cells(self, member: str, merged: list[Merge]) -> Iterator[tuple[int, int, str, str, bool]]:
        """Row, column, kind, text and whether it is a formula, of each cell; fills `merged`."""
        row, column, kind, written, formula = 0, -1, "n", "", False
        for tag, attributes, text in self.events(member):
            if attributes is None:
                if tag == "v" or (tag == "t" and kind == "inlineStr"):
                    written += text
                elif tag == "c":
                    yield row, column, kind, written, formula
            elif tag == "c":
                self.count_cell()
                column = self.column(attributes.get("r", ""), column)
                kind, written, formula = attributes.get("t", "n"), "", False
            elif tag == "row":
                row, column = int(attributes.get("r", row + 1)), -1
            elif tag == "f":
                formula = True
            elif tag == "mergeCell":
                merged.append(_merge(attributes["ref"]))

    def column(self, reference: str, before: int) -> int:
        """The column of a cell; one without a reference follows the one before."""
        if not reference:
            return before + 1
        letters = reference.rstrip("0123456789")
        if letters not in self.columns:
            self.columns[letters] = column_index_from_string(letters) - 1
        return self.columns[letters]

    def count_cell(self) -> None:
        self.cells_left -= 1
        if self.cells_left < 0:
            raise InputError(self.too_large(f"more than {MAX_CELLS:,} cells"))

    def events(self, member: str) -> Iterator[Event]:
        """Start and end of the elements of an XML part, a chunk at a time."""
        info = self.archive.getinfo(self.members[member.lower()])
        if info.flag_bits & 1:
            raise protected_workbook(self.path)
        if info.file_size > MAX_BYTES:
            raise InputError(self.too_large(f"{member} alone unpacks to {info.file_size:,} bytes"))
        events: list[Event] = []
        pieces: list[str] = []

        def start(tag: str, attributes: dict[str, str]) -> None:
            events.append((_local(tag), attributes, ""))
            pieces.clear()

        def end(tag: str) -> None:
            events.append((_local(tag), None, "".join(pieces)))
            pieces.clear()

        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = pieces.append
        parser.StartDoctypeDeclHandler = self.refuse_doctype
        with self.archive.open(info) as stream:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk, False)
                yield from events
                events.clear()
        parser.Parse(b"", True)
        yield from events

    def refuse_doctype(self, *_declaration: Any) -> None:
        raise InputError(self.too_large("it declares a document type"))

    def too_large(self, seen: str) -> str:
        return (
            f"{self.path} is not an annotation sheet ({seen}); wanted at most "
            f"{MAX_CELLS:,} cells and {MAX_BYTES // 2**20} MiB a sheet: take the file from the "
            "distribution again"
        )


def _value(written: str, kind: str, strings: list[str]) -> Cell:
    if not written:
        return None
    match kind:
        case "s":
            return strings[int(written)] or None
        case "n":
            number = float(written)
            return int(number) if number.is_integer() else number
        case "b":
            return written == "1"
    return written


def _local(tag: str) -> str:
    return tag.rpartition(":")[2] if ":" in tag else tag


def _merge(reference: str) -> Merge:
    left, top, right, bottom = (bound or 0 for bound in range_boundaries(reference))
    return Merge(top, left - 1, bottom, right - 1)
