import itertools
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from smastn.corpora.clip import clip_frames
from smastn.corpora.readers.casme2 import read_casme2
from smastn.corpora.sheets import read_sheets
from smastn.synthesis.fixtures.fixture_casme2 import write_casme2
from smastn.synthesis.fixtures.fixture_clips import Fixture, in_sequence
from smastn.synthesis.fixtures.fixture_faces import face_renderer
from smastn.synthesis.fixtures.fixture_layouts import LAYOUTS
from smastn.synthesis.fixtures.fixture_workbook import write_workbook
from smastn.synthesis.nuisance import NO_NUISANCE

ROWS = [("Subject", None, "a<b>&c"), (6, 1.5, "006"), (None, True, " x ")]


def content(root: Path) -> dict[str, bytes]:
    files = (path for path in sorted(root.rglob("*")) if path.is_file())
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


def test_a_spreadsheet_library_reads_what_we_write(tmp_path: Path) -> None:
    write_workbook(tmp_path / "a.xlsx", {"one": ROWS, "two & more": []})
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["one", "two & more"]
    assert [tuple(cell.value for cell in row) for row in book["one"].rows] == ROWS


def test_we_read_what_we_write(tmp_path: Path) -> None:
    write_workbook(tmp_path / "a.xlsx", {"one": ROWS, "two": []})
    one, two = read_sheets(tmp_path / "a.xlsx")
    assert [cells for _, cells in one.rows] == ROWS
    assert two.rows == ()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_seed_is_the_same_corpus_to_the_byte(layout: str, tmp_path: Path) -> None:
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        LAYOUTS[layout](Fixture(tmp_path / name, seed=seed))
    assert content(tmp_path / "a") == content(tmp_path / "b")
    if layout != "flow_images":  # its grey pictures carry no frame numbers that could differ
        assert content(tmp_path / "a") != content(tmp_path / "c")


def test_every_class_is_assigned_as_often_as_counted(tmp_path: Path) -> None:
    assigned = Fixture(tmp_path).assign({"fear": 3, "anger": 4}, {1: 5, 2: 2})
    assert sorted(name for _, name in assigned) == ["anger"] * 4 + ["fear"] * 3
    assert [subject for subject, _ in assigned] == [1] * 5 + [2] * 2


def test_clips_of_one_video_do_not_overlap(tmp_path: Path) -> None:
    moved = in_sequence(Fixture(tmp_path).draw([(1, "a", "fear")] * 4), 5)
    assert moved[0].onset == 5
    for one, next_one in itertools.pairwise(moved):
        assert next_one.onset == one.offset + 5
        assert one.onset < (one.apex or 0) <= one.offset


def test_faces_move_between_onset_and_offset_and_nowhere_else(tmp_path: Path) -> None:
    write_casme2(Fixture(tmp_path, renderer=face_renderer(0, 96, NO_NUISANCE)))
    clip = read_casme2(tmp_path).clips[0]
    frames = clip_frames(clip).astype(float)
    assert clip.apex is not None
    middle = clip.apex - clip.onset
    moved = [np.abs(frame - frames[0]).mean() for frame in frames]
    assert moved[middle] > 5 * moved[-1]
