"""Sheets good and bad, written by programs that are not ours."""

import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import xlwt
import xlwt.CompoundDoc
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from smastn.corpora import sheets, xlsx
from smastn.corpora.grid import MAX_BYTES
from smastn.corpora.sheets import read_sheets
from smastn.corpora.tables import Column, read_positions, read_table
from smastn.errors import InputError

COLUMNS = (
    Column("subject", ("Subject",)),
    Column("name", ("Filename",)),
    Column("onset", ("OnsetFrame", "Onset Frame")),
    Column("units", ("Action Units",), needed=False),
)
HEADER = ("Subject", "Filename", None, "Onset Frame", "Action Units")
BODY = (("006", "a_1", None, 12, "4+L10"), (7, "a_2", None, "/", "4，7"))  # noqa: RUF001


def excel(path: Path, *rows: tuple[str | int | None, ...]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(path)
    return book


def resaved(path: Path, change: Callable[[Worksheet], object]) -> Path:
    book = openpyxl.load_workbook(path)
    assert isinstance(book.active, Worksheet)
    change(book.active)
    book.save(path)
    return path


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    excel(tmp_path / "codes.xlsx", HEADER, *BODY)
    return tmp_path / "codes.xlsx"


def old_excel(path: Path) -> Path:
    book = xlwt.Workbook()
    page = book.add_sheet("one")
    for row, cells in enumerate((HEADER, *BODY)):
        for column, cell in enumerate(cells):
            if cell is not None:
                page.write(row, column, cell)
    book.save(str(path))
    return path


def text_sheet(path: Path, encoding: str = "utf-8-sig", separator: str = ",") -> Path:
    rows = [[str(cell or "") for cell in row] for row in (HEADER, *BODY)]
    path.write_text("\n".join(separator.join(row) for row in rows), encoding=encoding)
    return path


@pytest.mark.parametrize("kind", ["xlsx", "xls", "csv", "gbk", "semicolon", "xls called xlsx"])
def test_the_same_table_comes_out_of_every_kind_of_file(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "codes.xlsx"
    match kind:
        case "xlsx":
            excel(path, HEADER, *BODY)
        case "xls":
            path = old_excel(tmp_path / "codes.xls")
        case "xls called xlsx":
            old_excel(tmp_path / "codes.xls").rename(path)
        case "csv":
            path = text_sheet(tmp_path / "codes.csv")
        case "gbk":
            path = text_sheet(tmp_path / "codes.csv", encoding="gb18030")
        case _:
            path = text_sheet(tmp_path / "codes.csv", separator=";")
    first, second = read_table(path, COLUMNS)
    assert (first.text("subject"), first.text("name"), first.whole("onset")) == ("006", "a_1", 12)
    assert (second.whole("subject"), second.whole("onset")) == (7, None)
    assert second.text("units") == "4，7"  # noqa: RUF001


@pytest.mark.parametrize("notes", [0, 1, 9, 13, 40])
def test_the_header_is_found_below_notes(notes: int, tmp_path: Path) -> None:
    above = [(f"note {n} mentions Subject and Onset",) for n in range(notes)]
    excel(tmp_path / "codes.xlsx", *above, HEADER, *BODY)
    rows = read_table(tmp_path / "codes.xlsx", COLUMNS)
    assert [row.number for row in rows] == [notes + 2, notes + 3]


def test_the_sheet_with_the_header_is_chosen(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.create_sheet("labels")
    for row in (HEADER, *BODY):
        page.append(row)
    book.save(tmp_path / "codes.xlsx")
    assert len(read_table(tmp_path / "codes.xlsx", COLUMNS)) == 2


def test_a_missing_column_is_named_with_what_was_seen(tmp_path: Path) -> None:
    excel(tmp_path / "codes.xlsx", ("Subject", "Start"), ("006", 3))
    with pytest.raises(InputError, match=r"no header row with Filename, OnsetFrame .*: Subject\)"):
        read_table(tmp_path / "codes.xlsx", COLUMNS)


def test_a_title_twice_is_refused(tmp_path: Path) -> None:
    excel(tmp_path / "codes.xlsx", (*HEADER, "onset frame"), (6, "a", None, 1, "", 2))
    with pytest.raises(InputError, match="columns D and F are both called"):
        read_table(tmp_path / "codes.xlsx", COLUMNS)


def test_cells_merged_over_rows_are_refused(sheet: Path) -> None:
    resaved(sheet, lambda page: page.merge_cells("A2:A3"))
    with pytest.raises(InputError, match="cells A2:A3 are merged"):
        read_table(sheet, COLUMNS)


def test_cells_merged_in_the_notes_or_elsewhere_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "codes.xlsx"
    excel(path, ("notes",), HEADER, *BODY)
    resaved(path, lambda page: (page.merge_cells("A1:E1"), page.merge_cells("H2:H4")))
    assert len(read_table(path, COLUMNS)) == 2


def test_a_merged_cell_of_an_old_workbook_is_refused(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    page = book.add_sheet("one")
    for column, title in enumerate(HEADER):
        page.write(0, column, title)
    page.write_merge(1, 2, 0, 0, "006")
    book.save(str(tmp_path / "codes.xls"))
    with pytest.raises(InputError, match="cells A2:A3 are merged"):
        read_table(tmp_path / "codes.xls", COLUMNS)


def test_a_formula_that_was_never_computed_is_refused(tmp_path: Path) -> None:
    excel(tmp_path / "codes.xlsx", HEADER, (6, "a", None, "=1+2", "4"))
    with pytest.raises(InputError, match="cell D2 holds a formula without a stored value"):
        read_table(tmp_path / "codes.xlsx", COLUMNS)


def test_a_formula_with_its_value_is_that_value(sheet: Path, tmp_path: Path) -> None:
    computed = tmp_path / "computed.xlsx"
    with zipfile.ZipFile(sheet) as old, zipfile.ZipFile(computed, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, text.replace(b"<v>12</v>", b"<f>6*2</f><v>12</v>"))
    assert b"<f>6*2</f>" in zipfile.ZipFile(computed).read("xl/worksheets/sheet1.xml")
    assert read_table(computed, COLUMNS)[0].whole("onset") == 12


def test_an_empty_cell_with_a_colour_is_no_formula(sheet: Path) -> None:
    resaved(sheet, lambda page: setattr(page["D3"], "value", None))
    resaved(sheet, lambda page: setattr(page["D3"], "fill", PatternFill("solid", fgColor="FF0000")))
    assert read_table(sheet, COLUMNS)[1].whole("onset") is None


@pytest.mark.parametrize("lock", ["~$codes.xlsx", "~$des.xlsx", ".~lock.codes.xlsx#"])
def test_a_sheet_that_is_open_elsewhere_is_refused(lock: str, sheet: Path) -> None:
    named = sheet.with_name("codesbook.xlsx")
    sheet.rename(named)
    lock = {"~$codes.xlsx": "~$codesbook.xlsx", "~$des.xlsx": "~$desbook.xlsx"}.get(
        lock, ".~lock.codesbook.xlsx#"
    )
    named.with_name(lock).write_bytes(b"")
    with pytest.raises(InputError, match="is open in a spreadsheet program"):
        read_sheets(named)


def test_the_lock_file_itself_is_no_sheet(tmp_path: Path) -> None:
    lock = tmp_path / "~$codes.xlsx"
    lock.write_bytes(b"\0" * 165)
    with pytest.raises(InputError, match="is the lock file"):
        read_sheets(lock)


def test_a_workbook_with_a_password_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "codes.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(InputError, match="protected by a password"):
        read_sheets(path)


def test_an_old_workbook_with_a_password_is_refused(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    book.add_sheet("one").write(0, 0, "Subject")
    stream = book.get_biff_data()
    begin = 4 + int.from_bytes(stream[2:4], "little")
    locked = stream[:begin] + b"\x2f\x00\x06\x00\x00\x00\x01\x02\x03\x04" + stream[begin:]
    xlwt.CompoundDoc.XlsDoc().save(str(tmp_path / "codes.xls"), locked)
    with pytest.raises(InputError, match="protected by a password"):
        read_sheets(tmp_path / "codes.xls")


def bomb(sheet: Path, path: Path, member: str, content: bytes, times: int) -> Path:
    with zipfile.ZipFile(sheet) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != member:
                new.writestr(name, old.read(name))
        with new.open(member, "w", force_zip64=True) as stream:
            for _ in range(times):
                stream.write(content)
    return path


def test_a_workbook_that_unpacks_to_far_too_much_is_refused_at_once(
    sheet: Path, tmp_path: Path
) -> None:
    spaces = b" " * 2**20
    path = bomb(sheet, tmp_path / "b.xlsx", "xl/worksheets/sheet1.xml", spaces, 80)
    assert path.stat().st_size < MAX_BYTES / 100
    start = time.perf_counter()
    with pytest.raises(InputError, match="is not an annotation sheet"):
        read_sheets(path)
    assert time.perf_counter() - start < 1


def test_more_cells_than_any_sheet_has_are_refused(
    sheet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (xlsx, sheets):
        monkeypatch.setattr(module, "MAX_CELLS", 5_000)  # the true limit takes a while to reach
    cells = b"<c><v>1</v></c>" * 100
    rows = b'<worksheet xmlns="x"><sheetData>' + (b"<row>" + cells + b"</row>") * 60
    end = b"</sheetData></worksheet>"
    path = bomb(sheet, tmp_path / "b.xlsx", "xl/worksheets/sheet1.xml", rows + end, 1)
    with pytest.raises(InputError, match="more than 5,000 cells"):
        read_sheets(path)
    (tmp_path / "b.csv").write_text(",,,,\n" * 2_000)
    with pytest.raises(InputError, match="more than 5,000 cells"):
        read_sheets(tmp_path / "b.csv")


def test_an_entity_bomb_is_refused(sheet: Path, tmp_path: Path) -> None:
    text = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    path = bomb(sheet, tmp_path / "b.xlsx", "xl/worksheets/sheet1.xml", text, 1)
    with pytest.raises(InputError, match="declares a document type"):
        read_sheets(path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 torn", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1x"])
def test_a_damaged_workbook_is_one_sentence(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "codes.xlsx"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"codes\.xlsx (is|has)"):
        read_table(path, COLUMNS)


def test_every_torn_beginning_of_a_workbook_is_one_sentence(sheet: Path, tmp_path: Path) -> None:
    whole = sheet.read_bytes()
    old = old_excel(tmp_path / "old.xls").read_bytes()
    for content in (whole, old):
        for share in (0.1, 0.3, 0.5, 0.7, 0.9, 0.99):
            path = tmp_path / "torn.xlsx"
            path.write_bytes(content[: int(len(content) * share)])
            try:
                read_table(path, COLUMNS)
            except InputError as error:
                assert str(path) in str(error)


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_bytes_changed_at_random_are_read_or_told(kind: str, sheet: Path, tmp_path: Path) -> None:
    whole = sheet if kind == "xlsx" else old_excel(tmp_path / "old.xls")
    random = np.random.default_rng(0)
    path = tmp_path / "damaged"
    for _ in range(300):
        content = bytearray(whole.read_bytes())
        for place in random.integers(0, len(content), 4):
            content[place] = random.integers(0, 256)
        path.write_bytes(content)
        try:
            read_table(path, COLUMNS)
        except InputError as error:
            assert str(path) in str(error)


def test_a_missing_sheet_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_sheets(tmp_path / "none.xlsx")
    with pytest.raises(InputError, match="is a folder"):
        read_sheets(tmp_path)


def test_a_picture_is_no_sheet(tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0")
    with pytest.raises(InputError, match="neither a workbook nor text"):
        read_sheets(path)


def test_a_sheet_without_a_header_is_read_by_place(tmp_path: Path) -> None:
    excel(tmp_path / "codes.xlsx", (1, "anger1_1", 557, 572, 0), (2, "happy4_2", 10, 12, 14))
    rows = read_positions(tmp_path / "codes.xlsx", 0, ("subject", "video", "onset"))
    assert [(row.whole("subject"), row.text("video"), row.number) for row in rows] == [
        (1, "anger1_1", 1),
        (2, "happy4_2", 2),
    ]


def test_the_largest_sheet_of_the_field_is_read_in_time(tmp_path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet("Sheet1")
    page.append((*HEADER, *(f"AU{n}" for n in range(8))))
    for n in range(7526):
        page.append((n % 671, f"sub{n:04d}_01", None, n, "1+2", *("x" * 8)))
    book.save(tmp_path / "codes.xlsx")
    # In a process of its own: here every call is checked for its types.
    code = (
        "import sys, time\n"
        "from smastn.corpora.tables import Column, read_table\n"
        "columns = [Column(n, (n,)) for n in ('Subject', 'Filename', 'Onset Frame')]\n"
        "start = time.process_time()\n"
        "rows = read_table(sys.argv[1], columns)\n"
        "print(len(rows), time.process_time() - start)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "codes.xlsx")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    rows, seconds = done.stdout.split()
    assert int(rows) == 7526
    assert float(seconds) < 3
