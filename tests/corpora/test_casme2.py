from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from smastn.corpora.readers.casme2 import read_casme2
from smastn.errors import InputError
from smastn.media.frame_folders import index_frames
from smastn.synthesis.fixtures.fixture_casme2 import write_casme2
from smastn.synthesis.fixtures.fixture_clips import Fixture


def frame_number_at(clip_source: Path, index: int) -> int:
    return index_frames(clip_source, clip_source).numbers[index]


def test_every_clip_lies_where_the_sheet_says(tmp_path: Path) -> None:
    written = write_casme2(Fixture(tmp_path))
    clips = {clip.key: clip for clip in read_casme2(tmp_path).clips}
    assert len(clips) == len(written)
    for made in written:
        clip = clips[f"casme2/{made.subject:02d}/{made.name}"]
        assert clip.emotion == made.emotion
        assert frame_number_at(clip.source, clip.onset) == made.onset
        assert frame_number_at(clip.source, clip.offset) == made.offset
        if made.name not in ("EP12_01f", "EP09_05f"):
            assert made.apex is not None and clip.apex is not None
            assert frame_number_at(clip.source, clip.apex) == made.apex


def test_a_slash_for_an_apex_is_the_midpoint_and_flagged(
    release: Callable[..., Path],
) -> None:
    clips = {clip.key: clip for clip in read_casme2(release("casme2")).clips}
    clip = clips["casme2/04/EP12_01f"]
    assert clip.apex == (clip.onset + clip.offset) // 2
    assert clip.apex_source == "midpoint"
    assert clips["casme2/04/EP12_02f"].apex_source == "annotated"


@pytest.mark.parametrize(("tree", "onset"), [("selected", 0), ("cropped", 0)])
def test_trees_of_the_movement_only_begin_at_the_onset(
    release: Callable[..., Path], tree: str, onset: int
) -> None:
    clips = read_casme2(release("casme2"), tree).clips  # pyright: ignore[reportArgumentType]
    assert {clip.onset for clip in clips} == {onset}


def test_half_cropped_clips_are_used_and_reported(release: Callable[..., Path]) -> None:
    corpus = read_casme2(release("casme2"), "cropped")
    reported = {(defect.kind, defect.clip) for defect in corpus.defects}
    assert ("missing frames", "casme2/16/EP01_08") in reported
    assert any(clip.name == "EP01_08" for clip in corpus.clips)


def test_known_defects_and_no_others_are_reported(release: Callable[..., Path]) -> None:
    corpus = read_casme2(release("casme2", full=True))
    assert Counter(defect.kind for defect in corpus.defects) == {
        "apex missing": 1,
        "apex at an end": 1,
        "unlabelled folder": 1,
    }


def test_the_full_tree_has_the_published_counts(release: Callable[..., Path]) -> None:
    clips = read_casme2(release("casme2", full=True)).clips
    assert Counter(clip.emotion for clip in clips) == {
        **{"others": 99, "disgust": 63, "happiness": 32, "repression": 27},
        **{"surprise": 25, "sadness": 7, "fear": 2},
    }
    assert len({clip.subject for clip in clips}) == 26


@pytest.mark.parametrize("wrong", ["CASME2-RAW", "CASME2-RAW/sub01", "Cropped"])
def test_a_wrong_level_is_refused_and_the_right_one_named(
    release: Callable[..., Path], wrong: str
) -> None:
    root = release("casme2")
    with pytest.raises(InputError, match="looks right") as raised:
        read_casme2(root / wrong)
    assert str(root) + " looks right" in str(raised.value)


def test_the_folder_above_works_too(tmp_path: Path) -> None:
    written = write_casme2(Fixture(tmp_path / "CASME2"))
    assert len(read_casme2(tmp_path).clips) == len(written)


def test_a_tree_that_is_not_there_is_refused(tmp_path: Path) -> None:
    write_casme2(Fixture(tmp_path))
    (tmp_path / "Cropped").rename(tmp_path.parent / "elsewhere")
    with pytest.raises(InputError, match="raw, selected; wanted cropped"):
        read_casme2(tmp_path, "cropped")


def test_a_sheet_without_its_tree_is_refused(tmp_path: Path) -> None:
    write_casme2(Fixture(tmp_path))
    alone = tmp_path / "alone"
    alone.mkdir()
    (tmp_path / "CASME2-coding-20140508.xlsx").rename(alone / "CASME2-coding-20140508.xlsx")
    with pytest.raises(InputError, match=r"holds CASME2-coding-20140508\.xlsx"):
        read_casme2(alone)
