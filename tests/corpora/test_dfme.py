from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from smastn.corpora.clip import Clip
from smastn.corpora.dfme import Split, dfme_clips
from smastn.errors import InputError
from smastn.synthesis.fixtures.fixture_clips import LookalikeConfig
from smastn.synthesis.fixtures.fixture_dfme import write_dfme
from smastn.synthesis.fixtures.fixture_workbook import write_workbook


def test_three_sheets_are_one_corpus(
    tmp_path: Path, frame_numbers: Callable[[Clip], tuple[int, int]]
) -> None:
    takes = write_dfme(tmp_path, LookalikeConfig())
    clips = dfme_clips(tmp_path)
    assert [frame_numbers(clip) for clip in clips] == [(t.onset, t.offset) for t in takes]


def test_nobody_is_in_two_parts_of_the_official_split(lookalike: Callable[..., Path]) -> None:
    parts: list[Split] = ["training", "testA", "testB"]
    people = [{clip.subject for clip in dfme_clips(lookalike("dfme"), part)} for part in parts]
    assert sum(map(len, people)) == len(set.union(*people)) == 5


def test_frame_columns_without_a_known_title_are_taken_by_place(tmp_path: Path) -> None:
    takes = write_dfme(tmp_path, LookalikeConfig())
    titles = ("Subject", "Filename", "begin", "peak", "end", "Emotion", "facs")
    first = takes[0]
    row = (first.person, first.name, first.onset, first.apex, first.offset, "Fear", "1+2")
    for sheet in (tmp_path / "full_release_annotation").iterdir():
        sheet.unlink()
    path = tmp_path / "full_release_annotation" / "training_full_with_AU.xlsx"
    write_workbook(path, {"Sheet1": [titles, row]})
    clip = dfme_clips(tmp_path)[0]
    assert (clip.emotion, clip.action_units) == ("fear", ("1", "2"))
    assert Counter([clip.length]) == {first.offset - first.onset + 1: 1}


def test_a_wrong_level_is_told(lookalike: Callable[..., Path]) -> None:
    with pytest.raises(InputError, match="looks right"):
        dfme_clips(lookalike("dfme") / "train_data" / "train_data")
