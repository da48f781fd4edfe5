from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from smastn.corpora.clip import Clip
from smastn.corpora.readers.casme3 import read_casme3, read_casme3c
from smastn.errors import InputError
from smastn.media.frame_folders import index_frames
from smastn.synthesis.fixtures.fixture_casme3 import write_casme3, write_casme3_whole, write_casme3c
from smastn.synthesis.fixtures.fixture_clips import Fixture


def test_cut_clips_and_known_slips_of_the_sheet_are_placed(
    tmp_path: Path, frame_numbers: Callable[[Clip], tuple[int, int]]
) -> None:
    written = write_casme3(Fixture(tmp_path))
    clips = read_casme3(tmp_path).clips
    assert [frame_numbers(clip) for clip in clips] == [(t.onset, t.offset) for t in written]
    assert [int(clip.subject.split("/")[1]) for clip in clips] == [t.subject for t in written]


def test_whole_videos_are_found_under_any_spelling(
    tmp_path: Path, frame_numbers: Callable[[Clip], tuple[int, int]]
) -> None:
    written = write_casme3_whole(Fixture(tmp_path))
    clips = read_casme3(tmp_path).clips
    assert [frame_numbers(clip) for clip in clips] == [(t.onset, t.offset) for t in written]
    assert "spNo.3" in {clip.source.parent.parent.name for clip in clips}
    assert {clip.source.name for clip in clips} == {"color"}


def test_several_movements_of_one_video_are_several_clips(
    release: Callable[..., Path],
) -> None:
    clips = read_casme3(release("casme3_whole", full=True)).clips
    assert len({clip.key for clip in clips}) == len(clips)
    assert len({clip.source for clip in clips}) < len(clips)


def test_corrections_and_bad_apexes_are_reported(release: Callable[..., Path]) -> None:
    found = Counter(defect.kind for defect in read_casme3(release("casme3")).defects)
    assert found == {"sheet": 2, "apex outside": 1, "over 0.5 s": 2}


def test_the_full_tree_has_the_published_counts(release: Callable[..., Path]) -> None:
    clips = read_casme3(release("casme3", full=True)).clips
    assert Counter(clip.emotion for clip in clips) == {
        **{"disgust": 250, "surprise": 187, "others": 161, "fear": 86},
        **{"anger": 64, "sadness": 57, "happiness": 55},
    }
    objective = Counter(clip.objective for clip in clips)
    assert objective == {1: 15, 2: 151, 3: 234, 4: 37, 5: 47, 6: 3, 7: 373}
    assert len({clip.subject for clip in clips}) == 94


def test_part_c_counts_positions_and_not_names(tmp_path: Path) -> None:
    written = write_casme3c(Fixture(tmp_path))
    for clip, made in zip(read_casme3c(tmp_path).clips, written, strict=True):
        assert (clip.onset, clip.offset) == (made.onset - 1, made.offset - 1)
        assert index_frames(clip.source, tmp_path).numbers[clip.onset] == made.onset + 100
        assert clip.apex_source == "midpoint"


def test_part_c_has_the_published_counts(release: Callable[..., Path]) -> None:
    clips = read_casme3c(release("casme3c", full=True)).clips
    assert Counter(clip.emotion for clip in clips) == {
        **{"negative": 99, "surprise": 30, "others": 20, "positive": 16},
    }
    assert len({clip.subject for clip in clips}) == 30


def test_a_wrong_level_is_refused(release: Callable[..., Path]) -> None:
    with pytest.raises(InputError, match="looks right"):
        read_casme3(release("casme3") / "Part_A_ME_clip" / "frame")
