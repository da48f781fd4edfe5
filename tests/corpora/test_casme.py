from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from smastn.corpora.casme import casme_clips
from smastn.corpora.clip import Clip
from smastn.synthesis.fixtures.fixture_casme import write_casme
from smastn.synthesis.fixtures.fixture_clips import LookalikeConfig


@pytest.mark.parametrize("pictures", ["selected", "cropped"])
def test_digits_in_the_clips_name_are_no_frame_numbers(
    tmp_path: Path, frame_numbers: Callable[[Clip], tuple[int, int]], pictures: str
) -> None:
    takes = write_casme(tmp_path, LookalikeConfig())
    clips = casme_clips(tmp_path, pictures)  # pyright: ignore[reportArgumentType]
    seen = [(clip.name, *frame_numbers(clip)) for clip in clips]
    assert seen == [(take.name, take.onset, take.offset) for take in takes]


def test_the_full_tree_has_the_published_counts(lookalike: Callable[..., Path]) -> None:
    clips = casme_clips(lookalike("casme", full=True))
    assert Counter(clip.emotion for clip in clips) == {
        **{"tension": 69, "disgust": 44, "repression": 38, "surprise": 20, "happiness": 9},
        **{"sadness": 6, "fear": 2, "contempt": 1},
    }
    assert {clip.rate for clip in clips} == {60.0}
