"""Reads .xlsx workbooks whole, with bounded memory.

openpyxl is not used: it gives either formulas or their stored values, turns numbers into dates,
takes a formula whose stored value is "" for one without a value, and has no limits on files that
may be malicious.
"""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

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

_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, ElementTree.ParseError, EOFError, OSError),
    *(LookupError, ValueError, ArithmeticError, NotImplementedError),
)
"""Exceptions on damaged workbooks; found by damaging workbooks at random."""
_TAGS_PER_CELL = 6  # of a cell with formula and value, opening and closing


def read_xlsx(path: str | Path) -> list[Grid]:
    """Every sheet of the workbook at `path`, in the workbook's order.

    Raises:
        InputError: the file is damaged, protected by a password, or unpacks to
            more than `MAX_BYTES` a sheet or `MAX_CELLS` cells.
    """
    path = Path(path)
    try:
        with zipfile.ZipFile(path) as archive:
            return _grids(path, archive)
    except _DAMAGE as error:
        raise damaged_workbook(path, error) from error


def _grids(path: Path, archive: zipfile.ZipFile) -> list[Grid]:
    members = {name.lower(): archive.getinfo(name) for name in archive.namelist()}
    strings: list[str] = []
    if info := members.get("xl/sharedstrings.xml"):
        strings = [_text(item) for item in _parsed(path, archive, info).iter("si")]
    links = _parsed(path, archive, members["xl/_rels/workbook.xml.rels"])
    targets = {link.attrib["Id"]: link.attrib["Target"] for link in links.iter("Relationship")}
    grids, cells = [], 0
    for sheet in _parsed(path, archive, members["xl/workbook.xml"]).iter("sheet"):
        link = next(value for name, value in sheet.items() if name.rpartition("}")[2] == "id")
        target = targets[link].removeprefix("/").removeprefix("xl/").lower()
        if target.startswith("worksheets/"):
            root = _parsed(path, archive, members[f"xl/{target}"])
            cells += sum(1 for _ in root.iter("c"))
            if cells > MAX_CELLS:
                raise _too_large(path, f"more than {MAX_CELLS:,} cells")
            grids.append(_grid(sheet.attrib["name"], root, strings))
    return grids


def _parsed(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Element:
    """A part of the workbook, tags without namespaces."""
    if info.flag_bits & 1:
        raise protected_workbook(path)
    if info.file_size > MAX_BYTES:
        raise _too_large(path, f"{info.filename} alone unpacks to {info.file_size:,} bytes")
    content = archive.read(info)
    if b"<!DOCTYPE" in content.replace(b"\0", b""):  # UTF-16 has zeros between the letters
        raise _too_large(path, "it declares a document type")
    if content.count(b"<") > _TAGS_PER_CELL * MAX_CELLS:
        raise _too_large(path, f"{info.filename} holds more tags than {MAX_CELLS:,} cells need")
    root = ElementTree.fromstring(content)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def _too_large(path: Path, seen: str) -> InputError:
    return InputError(
        f"{path} is not an annotation sheet ({seen}); wanted at most {MAX_CELLS:,} cells and "
        f"{MAX_BYTES // 2**20} MiB a sheet: take the file from the distribution again"
    )


def _text(item: Element) -> str:
    """The text of a string in one or more pieces, without phonetic guides."""
    pieces = (part.iter("t") for part in item if part.tag != "rPh")
    return "".join(piece.text or "" for one in pieces for piece in one)


def _grid(title: str, root: Element, strings: list[str]) -> Grid:
    rows: dict[int, dict[int, Cell]] = {}
    uncomputed = set()
    for row, column, cell in _cells(root):
        written = cell.findtext("v") or "".join(map(_text, cell.findall("is")))
        kind = cell.get("t", "n")
        if not written and kind != "str" and cell.find("f") is not None:
            uncomputed.add((row, column))
        value = _value(kind, written, strings)
        if value is not None and column < MAX_COLUMNS:
            rows.setdefault(row, {})[column] = value
    filled = (
        (number, tuple(cells.get(column) for column in range(max(cells) + 1)))
        for number, cells in sorted(rows.items())
    )
    merged = tuple(_merge(block.attrib["ref"]) for block in root.iter("mergeCell"))
    return Grid(title, tuple(filled), merged, frozenset(uncomputed))


def _cells(root: Element) -> Iterator[tuple[int, int, Element]]:
    """Each cell with its row (from 1) and column (from 0); without numbers they are counted."""
    number = 0
    for row in root.iter("row"):
        number = int(row.get("r", number + 1))
        column = -1
        for cell in row.iter("c"):
            letters = cell.get("r", "").rstrip("0123456789")
            column = column_index_from_string(letters) - 1 if letters else column + 1
            yield number, column, cell


def _value(kind: str, written: str, strings: list[str]) -> Cell:
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
        case _:
            return written


def _merge(reference: str) -> Merge:
    left, top, right, bottom = (bound or 0 for bound in range_boundaries(reference))
    return Merge(top, left - 1, bottom, right - 1)
