from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from smastn.corpora.clip import Clip
from smastn.corpora.readers.samm import read_samm
from smastn.errors import InputError
from smastn.synthesis.fixtures.fixture_clips import Fixture
from smastn.synthesis.fixtures.fixture_samm import HEADER, write_samm
from smastn.synthesis.fixtures.fixture_workbook import write_workbook


def test_the_numbering_of_the_long_video_is_followed_under_any_padding(
    tmp_path: Path, frame_numbers: Callable[[Clip], tuple[int, int]]
) -> None:
    written = write_samm(Fixture(tmp_path))
    clips = read_samm(tmp_path).clips
    assert [clip.name for clip in clips] == [made.name for made in written]
    for clip, made in zip(clips, written, strict=True):
        first, last = frame_numbers(clip)
        assert (clip.onset, last - first) == (0, made.offset - made.onset)
        assert clip.emotion in (made.emotion.lower(), "others")
    padded = {len(next(clip.source.glob("*.jpg")).stem) for clip in clips}
    assert padded == {8, 9}


def test_apexes_outside_the_movement_are_kept_as_midpoints_and_reported(
    release: Callable[..., Path],
) -> None:
    corpus = read_samm(release("samm"))
    wrong = {clip.name: clip for clip in corpus.clips if clip.apex_source == "midpoint"}
    assert set(wrong) == {"028_4_1", "032_3_1"}
    assert all(clip.apex == (clip.onset + clip.offset) // 2 for clip in wrong.values())
    assert Counter(defect.kind for defect in corpus.defects) == {"apex outside": 2}


def test_units_joined_by_or_are_all_read(tmp_path: Path) -> None:
    (tmp_path / "006" / "006_1_2").mkdir(parents=True)
    for number in range(3, 9):
        (tmp_path / "006" / "006_1_2" / f"006_{number:05d}.jpg").write_bytes(b"")
    row = (6, "006_1_2", 1, 3, 5, 8, 6, "Micro - 1/2", "4+12B or L14A", "Other", "III", None)
    write_workbook(tmp_path / "SAMM_Micro_FACS_Codes_v2.xlsx", {"one": [HEADER, row]})
    clip = read_samm(tmp_path).clips[0]
    assert clip.action_units == ("4", "12", "L14")
    assert (clip.objective, clip.subject, clip.emotion) == (3, "samm/006", "others")


def test_the_sheet_may_lie_beside_the_people(tmp_path: Path) -> None:
    write_samm(Fixture(tmp_path / "SAMM_CROP"))
    assert len(read_samm(tmp_path).clips) == 7


def test_the_full_tree_has_the_published_counts(release: Callable[..., Path]) -> None:
    clips = read_samm(release("samm", full=True)).clips
    assert Counter(clip.emotion for clip in clips) == {
        **{"anger": 57, "happiness": 26, "others": 26, "surprise": 15},
        **{"contempt": 12, "disgust": 9, "fear": 8, "sadness": 6},
    }
    assert len({clip.subject for clip in clips}) == 29


def test_one_person_is_no_corpus(release: Callable[..., Path]) -> None:
    root = release("samm")
    with pytest.raises(InputError, match="looks right"):
        read_samm(root / "006")
