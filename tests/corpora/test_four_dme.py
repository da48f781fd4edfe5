from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from smastn.corpora.clip import Clip
from smastn.corpora.readers.four_dme import read_four_dme
from smastn.errors import InputError
from smastn.synthesis.fixtures.fixture_clips import Fixture
from smastn.synthesis.fixtures.fixture_four_dme import write_four_dme


def test_several_categories_are_joined_in_one_order(
    tmp_path: Path, frame_numbers: Callable[[Clip], tuple[int, int]]
) -> None:
    written = write_four_dme(Fixture(tmp_path))
    clips = read_four_dme(tmp_path).clips
    assert [frame_numbers(clip) for clip in clips] == [(t.onset, t.offset) for t in written]
    assert "positive+surprise" in Counter(clip.emotion for clip in clips)


def test_pictures_numbered_from_elsewhere_are_used_and_reported(
    tmp_path: Path,
) -> None:
    write_four_dme(Fixture(tmp_path))
    folder = read_four_dme(tmp_path).clips[0].source
    before = read_four_dme(tmp_path).clips[0]
    for number, file in enumerate(sorted(folder.iterdir()), start=70001):
        file.rename(folder / f"{number}.jpg")
    corpus = read_four_dme(tmp_path)
    assert corpus.clips[0] == before
    assert [defect.kind for defect in corpus.defects] == ["other numbering"]


def test_the_full_tree_has_as_many_clips_as_the_release(
    release: Callable[..., Path],
) -> None:
    assert len(read_four_dme(release("4dme", full=True)).clips) == 267


def test_a_wrong_level_is_refused(release: Callable[..., Path]) -> None:
    with pytest.raises(InputError, match="looks right"):
        read_four_dme(release("4dme") / "gray_micro")
