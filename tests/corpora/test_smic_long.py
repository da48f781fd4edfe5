from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from smastn.corpora.clip import Clip
from smastn.corpora.readers.smic import Camera
from smastn.corpora.readers.smic_long import read_smic_long
from smastn.errors import InputError
from smastn.synthesis.fixtures.fixture_clips import Fixture
from smastn.synthesis.fixtures.fixture_smic_long import write_smic_long
from smastn.synthesis.fixtures.fixture_workbook import write_workbook


def test_numbers_of_the_camera_are_followed(
    tmp_path: Path, frame_numbers: Callable[[Clip], tuple[int, int]]
) -> None:
    written = write_smic_long(Fixture(tmp_path))
    clips = {clip.name: clip for clip in read_smic_long(tmp_path).clips}
    for made in written:
        assert frame_numbers(clips[made.name]) == (made.onset, made.offset)
        assert clips[made.name].onset == 5


def test_up_to_three_movements_of_one_clip_are_read(release: Callable[..., Path]) -> None:
    clips = read_smic_long(release("smic_long")).clips
    first = [clip for clip in clips if clip.name.startswith("s1_ne_01")]
    assert [clip.name for clip in first] == ["s1_ne_01", "s1_ne_01_2", "s1_ne_01_3"]
    assert len({clip.source for clip in first}) == 1
    assert first[0].offset < first[1].onset


@pytest.mark.parametrize("camera", ["VIS", "NIR"])
def test_slow_cameras_have_blanks_in_names_and_titles_of_their_own(
    release: Callable[..., Path], camera: Camera
) -> None:
    corpus = read_smic_long(release("smic_long"), camera)
    assert {clip.rate for clip in corpus.clips} == {25.0}
    assert all(f"{camera}_long" in str(clip.source) for clip in corpus.clips)
    assert not [defect for defect in corpus.defects if defect.left_out]


def test_a_cameras_own_columns_go_before_plain_ones(tmp_path: Path) -> None:
    folder = tmp_path / "SMIC-NIR-E" / "s01" / "s1_ne_01"
    folder.mkdir(parents=True)
    for number in range(1, 21):
        (folder / f"NIR {number:05d}.jpg").write_bytes(b"")
    header = ("Subject", "Filename", "OnsetF", "OffsetF", "OnsetF NIR", "OffsetF NIR", "Emotion")
    rows = [header, (1, "s1_ne_01", 100, 110, 4, 9, "negative")]
    write_workbook(tmp_path / "SMIC-NIR-E_annotation.xlsx", {"one": rows})
    clip = read_smic_long(tmp_path, "NIR").clips[0]
    assert (clip.onset, clip.offset) == (3, 8)


def test_the_full_tree_has_as_many_clips_as_the_release(
    release: Callable[..., Path],
) -> None:
    root = release("smic_long", full=True)
    sources = {clip.source for clip in read_smic_long(root).clips}
    assert len(sources) == 157
    assert Counter(len(read_smic_long(root, kind).clips) >= 71 for kind in ("VIS", "NIR")) == {
        True: 2
    }


def test_a_wrong_level_is_refused(release: Callable[..., Path]) -> None:
    inside = release("smic_long") / "SMIC-E_raw image" / "HS_long" / "SMIC-HS-E"
    with pytest.raises(InputError, match="looks right"):
        read_smic_long(inside / "s01")
