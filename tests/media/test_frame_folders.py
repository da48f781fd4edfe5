import os
import re
from pathlib import Path

import pytest

from smastn.errors import InputError
from smastn.media.frame_folders import (
    files_named,
    frame_number,
    index_frames,
    numbered_images,
    subfolders,
)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("img46.jpg", 46),
        ("reg_img46.jpg", 46),
        ("006_05562.jpg", 5562),
        ("EP01_5-116.jpg", 116),
        ("VIS 00123.jpg", 123),
        ("image308866.jpg", 308866),
        ("1.5.jpg", 5),
        ("cover.jpg", None),
    ],
)
def test_the_number_is_the_last_run_of_digits(name: str, number: int | None) -> None:
    assert frame_number(name) == number


def test_frames_are_in_the_order_of_their_numbers_and_strays_apart(tmp_path: Path) -> None:
    for name in ("img10.JPG", "img9.jpg", "img100.png", "img011.bmp", "img8.jpeg"):
        (tmp_path / name).write_bytes(b"")
    for name in ("Thumbs.db", ".DS_Store", "Desktop - Shortcut.lnk", "cover.jpg", "._img9.jpg"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "sub").mkdir()
    frames = index_frames(tmp_path, tmp_path)
    assert frames.numbers == (8, 9, 10, 11, 100)
    assert frames.files[0] == "img8.jpeg"
    assert len(frames.strays) == 5


def test_a_number_twice_stays_twice(tmp_path: Path) -> None:
    for name in ("1.jpg", "001.jpg", "2.jpg"):
        (tmp_path / name).write_bytes(b"")
    assert index_frames(tmp_path, tmp_path).numbers == (1, 1, 2)


def test_names_of_folders_are_compared_without_case(tmp_path: Path) -> None:
    for name in ("spNO.1", "SPNo.2", ".git"):
        (tmp_path / name).mkdir()
    assert list(subfolders(tmp_path, tmp_path)) == ["spno.1", "spno.2"]


def test_a_link_that_leads_out_of_the_corpus_is_refused(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    (root / "sub01").mkdir(parents=True)
    outside.mkdir()
    (root / "sub02").symlink_to(outside)
    with pytest.raises(InputError, match="link that leads out of the corpus"):
        subfolders(root, root)
    (outside / "img1.jpg").write_bytes(b"")
    (root / "sub01" / "img1.jpg").symlink_to(outside / "img1.jpg")
    with pytest.raises(InputError, match="link that leads out of the corpus"):
        index_frames(root / "sub01", root)


def test_a_link_that_stays_inside_is_followed(tmp_path: Path) -> None:
    (tmp_path / "sub01").mkdir()
    (tmp_path / "sub02").symlink_to(tmp_path / "sub01")
    assert set(subfolders(tmp_path, tmp_path)) == {"sub01", "sub02"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_without_the_right_to_list_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sub01").mkdir(mode=0)
    with pytest.raises(InputError, match="cannot be read"):
        index_frames(tmp_path / "sub01", tmp_path)


def test_a_file_in_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sub01").write_bytes(b"")
    with pytest.raises(InputError, match=r"cannot be read \(Not a directory\)"):
        index_frames(tmp_path / "sub01", tmp_path)


def test_files_are_matched_by_their_whole_name(tmp_path: Path) -> None:
    for name in ("a.csv", "ba.csv"):
        (tmp_path / name).write_bytes(b"")
    found = files_named(tmp_path, re.compile(r"a\.csv"), tmp_path)
    assert [path.name for path in found] == ["a.csv"]


def test_the_order_is_the_one_in_which_frames_are_read(tmp_path: Path) -> None:
    for name in ("img10.JPG", "img9.jpg", "a_100.png", "x.jpg", ".img1.jpg", "img011.bmp"):
        (tmp_path / name).write_bytes(b"")
    indexed = index_frames(tmp_path, tmp_path).files
    assert indexed == tuple(path.name for path in numbered_images(tmp_path))
