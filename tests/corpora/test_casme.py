from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from smastn.corpora.clip import Clip
from smastn.corpora.readers.casme import read_casme
from smastn.synthesis.fixtures.fixture_casme import write_casme
from smastn.synthesis.fixtures.fixture_clips import Fixture


@pytest.mark.parametrize("tree", ["selected", "cropped"])
def test_digits_in_the_clips_name_are_no_frame_numbers(
    tmp_path: Path, frame_numbers: Callable[[Clip], tuple[int, int]], tree: str
) -> None:
    written = write_casme(Fixture(tmp_path))
    clips = read_casme(tmp_path, tree).clips  # pyright: ignore[reportArgumentType]
    seen = [(clip.name, *frame_numbers(clip)) for clip in clips]
    assert seen == [(made.name, made.onset, made.offset) for made in written]


def test_the_full_tree_has_the_published_counts(release: Callable[..., Path]) -> None:
    clips = read_casme(release("casme", full=True)).clips
    assert Counter(clip.emotion for clip in clips) == {
        **{"tension": 69, "disgust": 44, "repression": 38, "surprise": 20, "happiness": 9},
        **{"sadness": 6, "fear": 2, "contempt": 1},
    }
    assert {clip.rate for clip in clips} == {60.0}
