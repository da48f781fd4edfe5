from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from smastn.corpora.clip import Clip
from smastn.corpora.readers.smic import Camera, Tree, read_smic
from smastn.errors import InputError


@pytest.mark.parametrize("tree", ["raw", "cropped"])
@pytest.mark.parametrize(("camera", "rate"), [("HS", 100.0), ("VIS", 25.0), ("NIR", 25.0)])
def test_every_tree_of_every_camera_is_read(
    release: Callable[..., Path], camera: Camera, tree: Tree, rate: float
) -> None:
    clips = read_smic(release("smic"), camera, tree).clips
    assert {clip.rate for clip in clips} == {rate}
    where = f"SMIC_all_{tree}/{camera}/"
    assert all(where in clip.source.as_posix() for clip in clips)


def test_the_label_is_the_folder_and_the_ends_are_the_movement(
    release: Callable[..., Path], frame_numbers: Callable[[Clip], tuple[int, int]]
) -> None:
    for clip in read_smic(release("smic")).clips:
        assert clip.source.parent.name == clip.emotion
        assert clip.onset == 0
        assert clip.length == len(list(clip.source.iterdir()))
        assert frame_numbers(clip)[0] > 26000


def test_apexes_are_not_annotated_and_that_is_no_defect(
    release: Callable[..., Path],
) -> None:
    corpus = read_smic(release("smic"))
    assert {clip.apex_source for clip in corpus.clips} == {"midpoint"}
    assert [defect.kind for defect in corpus.defects] == ["gap"]


def test_faces_without_a_movement_are_not_read(release: Callable[..., Path]) -> None:
    assert not [clip for clip in read_smic(release("smic")).clips if "non" in clip.name]


def test_an_empty_clip_is_listed(release: Callable[..., Path], tmp_path: Path) -> None:
    clip = next(iter(read_smic(release("smic")).clips))
    copy = tmp_path / "SMIC_all_raw" / "HS" / "s1" / "micro" / "negative"
    (copy / "s1_ne_02").mkdir(parents=True)
    (copy / "s1_ne_01").mkdir()
    for file in clip.source.iterdir():
        (copy / "s1_ne_01" / file.name).write_bytes(b"")
    corpus = read_smic(tmp_path)
    assert [clip.name for clip in corpus.clips] == ["s1_ne_01"]
    assert [(defect.kind, defect.left_out) for defect in corpus.defects] == [("no frames", True)]


def test_the_full_tree_has_the_published_counts(release: Callable[..., Path]) -> None:
    root = release("smic", full=True)
    clips = read_smic(root).clips
    signs = Counter(clip.emotion for clip in clips)
    assert signs == {"negative": 70, "positive": 51, "surprise": 43}
    assert len({clip.subject for clip in clips}) == 16
    assert len(read_smic(root, "VIS").clips) == len(read_smic(root, "NIR").clips) == 71


@pytest.mark.parametrize("wrong", ["SMIC_all_raw/HS/s1", "SMIC_all_raw/HS/s1/micro"])
def test_a_wrong_level_is_refused_and_the_right_one_named(
    release: Callable[..., Path], wrong: str
) -> None:
    root = release("smic")
    with pytest.raises(InputError, match="looks right"):
        read_smic(root / wrong)


@pytest.mark.parametrize("level", ["SMIC_all_cropped", "SMIC_all_raw/HS"])
def test_one_tree_alone_is_enough(release: Callable[..., Path], level: str) -> None:
    root = release("smic")
    assert len(read_smic(root / level).clips) == len(read_smic(root).clips)
