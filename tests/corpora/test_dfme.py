import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from smastn.corpora.clip import Clip
from smastn.corpora.readers.dfme import read_dfme, read_split
from smastn.errors import InputError
from smastn.synthesis.fixtures.fixture_clips import Fixture
from smastn.synthesis.fixtures.fixture_dfme import write_dfme
from smastn.synthesis.fixtures.fixture_workbook import write_workbook


def test_three_sheets_are_one_corpus(
    tmp_path: Path, frame_numbers: Callable[[Clip], tuple[int, int]]
) -> None:
    written = write_dfme(Fixture(tmp_path))
    clips = read_dfme(tmp_path).clips
    assert [frame_numbers(clip) for clip in clips] == [(t.onset, t.offset) for t in written]


def test_no_subject_is_in_two_parts_of_the_official_split(
    release: Callable[..., Path],
) -> None:
    parts = read_split(release("dfme"))
    assert set(parts) == {clip.key for clip in read_dfme(release("dfme")).clips}
    pairs = {(key.rpartition("/")[0], part) for key, part in parts.items()}
    assert len(pairs) == len({subject for subject, _ in pairs}) == 5
    assert {part for _, part in pairs} == {"training", "testA", "testB"}


def test_a_clip_in_two_parts_of_the_official_split_is_refused(tmp_path: Path) -> None:
    write_dfme(Fixture(tmp_path))
    sheets = tmp_path / "full_release_annotation"
    shutil.copy(sheets / "training_full_with_AU.xlsx", sheets / "testA_full_with_AU.xlsx")
    with pytest.raises(InputError, match="in training and testA; wanted each clip in one part"):
        read_split(tmp_path)


def test_frame_columns_without_a_known_title_are_taken_by_place(tmp_path: Path) -> None:
    written = write_dfme(Fixture(tmp_path))
    titles = ("Subject", "Filename", "begin", "peak", "end", "Emotion", "facs")
    first = written[0]
    row = (first.subject, first.name, first.onset, first.apex, first.offset, "Fear", "1+2")
    for sheet in (tmp_path / "full_release_annotation").iterdir():
        sheet.unlink()
    path = tmp_path / "full_release_annotation" / "training_full_with_AU.xlsx"
    write_workbook(path, {"Sheet1": [titles, row]})
    clip = read_dfme(tmp_path).clips[0]
    assert (clip.emotion, clip.action_units) == ("fear", ("1", "2"))
    assert Counter([clip.length]) == {first.offset - first.onset + 1: 1}


def test_a_wrong_level_is_refused(release: Callable[..., Path]) -> None:
    with pytest.raises(InputError, match="looks right"):
        read_dfme(release("dfme") / "train_data" / "train_data")
