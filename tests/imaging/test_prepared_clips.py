from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage.data

from smastn.data.clip import Clip
from smastn.imaging.landmarks import FaceTracker
from smastn.imaging.preparation import PreparationConfig, prepare
from smastn.imaging.prepared_clips import prepare_clips

CONFIG = PreparationConfig(size=32)


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[Clip]:
    """Two clips of a face and one of nothing, as folders of pictures."""
    root = tmp_path_factory.mktemp("clips")
    face = cv2.resize(skimage.data.astronaut()[:300, 80:380], (300, 300))[..., ::-1]
    made = []
    for name, picture in (("a", face), ("b", face[:, ::-1]), ("none", np.zeros_like(face))):
        (root / name).mkdir()
        for index in range(6):
            cv2.imwrite(str(root / name / f"img{index}.png"), np.roll(picture, index, axis=1))
        made.append(Clip("made/s1", name, "positive", root / name, 1, 5))
    return made


def test_each_clip_is_prepared_from_onset_to_offset(clips: list[Clip], tmp_path: Path) -> None:
    prepared = prepare_clips(clips[:2], tmp_path, CONFIG)
    for clip in clips[:2]:
        frames = [cv2.imread(str(clip.source / f"img{index}.png")) for index in range(1, 6)]
        raw = np.stack([frame[..., ::-1] for frame in frames if frame is not None])
        np.testing.assert_array_equal(prepared[clip.key], prepare(raw, FaceTracker(), CONFIG))


def test_a_bad_clip_is_listed_with_its_reason_and_the_others_go_on(
    clips: list[Clip], tmp_path: Path
) -> None:
    prepared = prepare_clips(clips, tmp_path, CONFIG)
    assert set(prepared.files) == {"made/s1/a", "made/s1/b"}
    assert "no face" in prepared.failed["made/s1/none"]


def test_what_is_there_is_not_made_again_and_changed_settings_make_new_files(
    clips: list[Clip], tmp_path: Path
) -> None:
    prepare_clips(clips[:2], tmp_path, CONFIG)
    times = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    prepare_clips(clips[:2], tmp_path, CONFIG)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == times
    prepare_clips(clips[:1], tmp_path, PreparationConfig(size=40))
    assert len(list(tmp_path.iterdir())) == 3


def test_the_number_of_workers_changes_no_byte(clips: list[Clip], tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    one = prepare_clips(clips[:2], tmp_path / "one", CONFIG)
    two = prepare_clips(
        clips[:2], tmp_path / "two", CONFIG, 2, lambda done, total: seen.append((done, total))
    )
    for clip in clips[:2]:
        assert one.files[clip.key].read_bytes() == two.files[clip.key].read_bytes()
    assert seen == [(1, 2), (2, 2)]
