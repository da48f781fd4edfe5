from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from smastn.corpora.clip import Clip
from smastn.corpora.readers.mmew import read_mmew
from smastn.errors import InputError
from smastn.synthesis.fixtures.fixture_clips import Fixture
from smastn.synthesis.fixtures.fixture_mmew import write_mmew


def test_the_released_and_the_documented_tree_give_the_same_clips(
    tmp_path: Path, frame_numbers: Callable[[Clip], tuple[int, int]]
) -> None:
    written = write_mmew(Fixture(tmp_path))
    released = read_mmew(tmp_path).clips
    seen = [(clip.name, *frame_numbers(clip)) for clip in released]
    assert seen == [(made.name, made.onset, made.offset) for made in written]
    base = tmp_path / "MMEW_Final"
    for clip in released:
        subject = clip.name.split("-")[0]
        (base / subject / clip.emotion).mkdir(parents=True, exist_ok=True)
        clip.source.rename(base / subject / clip.emotion / clip.name)
    documented = read_mmew(tmp_path).clips
    assert [clip.key for clip in documented] == [clip.key for clip in released]
    assert all(clip.source.parent.parent.name.startswith("S") for clip in documented)


def test_a_wrong_apex_is_reported(release: Callable[..., Path]) -> None:
    corpus = read_mmew(release("mmew"))
    assert Counter(defect.kind for defect in corpus.defects) == {"apex outside": 1}


def test_the_full_tree_has_the_published_counts(release: Callable[..., Path]) -> None:
    clips = read_mmew(release("mmew", full=True)).clips
    assert Counter(clip.emotion for clip in clips) == {
        **{"happiness": 36, "surprise": 89, "disgust": 72, "fear": 16},
        **{"sadness": 13, "anger": 8, "others": 66},
    }


def test_a_wrong_level_is_refused(release: Callable[..., Path]) -> None:
    root = release("mmew")
    with pytest.raises(InputError, match="MMEW_Final looks right"):
        read_mmew(root / "MMEW_Final" / "Micro_Expression")
