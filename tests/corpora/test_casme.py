from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from smastn.corpora.clip import Clip
from smastn.corpora.readers.casme import read_casme
from smastn.synthesis.fixtures.fixture_casme import write_casme
from smastn.synthesis.fixtures.fixture_clips import LookalikeConfig


@pytest.mark.parametrize("tree", ["selected", "cropped"])
def test_digits_in_the_clips_name_are_no_frame_numbers(
    tmp_path: Path, frame_numbers: Callable[[Clip], tuple[int, int]], tree: str
) -> None:
    takes = write_casme(tmp_path, LookalikeConfig())
    clips = read_casme(tmp_path, tree).clips  # pyright: ignore[reportArgumentType]
    seen = [(clip.name, *frame_numbers(clip)) for clip in clips]
    assert seen == [(take.name, take.onset, take.offset) for take in takes]


def test_the_full_tree_has_the_published_counts(lookalike: Callable[..., Path]) -> None:
    clips = read_casme(lookalike("casme", full=True)).clips
    assert Counter(clip.emotion for clip in clips) == {
        **{"tension": 69, "disgust": 44, "repression": 38, "surprise": 20, "happiness": 9},
        **{"sadness": 6, "fear": 2, "contempt": 1},
    }
    assert {clip.rate for clip in clips} == {60.0}
