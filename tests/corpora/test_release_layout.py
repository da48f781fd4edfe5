from pathlib import Path

import pytest

from smastn.corpora.release_layout import find_sheets, require_folder, subject_levels
from smastn.errors import InputError


def test_a_file_and_a_missing_folder_are_no_root(tmp_path: Path) -> None:
    (tmp_path / "sub01").write_bytes(b"")
    with pytest.raises(InputError, match="is a file"):
        require_folder(tmp_path / "sub01")
    with pytest.raises(InputError, match="does not exist"):
        require_folder(tmp_path / "none")


def test_the_nearest_sheet_comes_first_and_locks_are_no_sheets(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("deep/codes_2.xlsx", "codes_1.XLSX", "~$codes_1.xlsx", "codes_1.pdf"):
        (tmp_path / name).write_bytes(b"")
    found = find_sheets(tmp_path, "codes")
    assert [path.name for path in found] == ["codes_1.XLSX", "codes_2.xlsx"]


def test_a_lock_whose_sheet_is_hidden_is_reported(tmp_path: Path) -> None:
    (tmp_path / "~$codes_1.xlsx").write_bytes(b"")
    with pytest.raises(InputError, match="open in a spreadsheet program"):
        find_sheets(tmp_path, "codes")


def test_subjects_are_not_searched_inside_subjects(tmp_path: Path) -> None:
    (tmp_path / "raw" / "006" / "006").mkdir(parents=True)
    (tmp_path / "other").mkdir()
    assert subject_levels(tmp_path, r"0*(\d+)") == [tmp_path / "raw"]
