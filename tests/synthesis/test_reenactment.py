from collections import Counter
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from folder_content import content

from smastn.corpora.clip import clip_frames
from smastn.corpora.flow_images import flow_images
from smastn.corpora.manifest import read_manifest
from smastn.errors import ConfigError, InputError
from smastn.synthesis.corpus_writer import TRUTH
from smastn.synthesis.fixtures.fixture_clips import Fixture
from smastn.synthesis.fixtures.fixture_flow_images import write_flow_images
from smastn.synthesis.nuisance import NO_NUISANCE
from smastn.synthesis.reenactment import ReenactmentConfig, make_reenacted_corpus

SMALL = ReenactmentConfig(size=128, frames=(8, 12))
SHARP = replace(NO_NUISANCE, jpeg_quality=100)
CLEAR = ReenactmentConfig(size=192, frames=(9, 9), amplitude=(4.0, 4.0), nuisance=SHARP)


def patch(at: tuple[int, int], way: tuple[int, int]) -> np.ndarray:
    """A flow image: a Gaussian about row, column with the flow `way`."""
    rows, columns = np.mgrid[:28, :28]
    blob = np.exp(-((rows - at[0]) ** 2 + (columns - at[1]) ** 2) / 18)
    image = np.full((28, 28, 3), 128.0)
    image[..., :2] += blob[..., None] * np.array(way)
    return image.astype(np.uint8)


def folder(root: Path, there: np.ndarray, back: np.ndarray | None = None) -> Path:
    """One clip of one subject: the flat layout with `back`, the nested one without."""
    place = root / ("flow" if back is not None else "three_norm_u_v_os/sub01/u_test/1")
    place.mkdir(parents=True)
    cv2.imwrite(str(place / "sub01_EP01_1 .png"), there[..., ::-1])
    if back is not None:
        cv2.imwrite(str(place / "sub01_EP01_1_1 .png"), back[..., ::-1])
        table = (
            "dataset,sub,filename_o,label,apex,imagename,sub_filename\ncasme2,sub01,EP01_1,1,,,\n"
        )
        (root / "table.csv").write_text(table)
    return root


def followed(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Optical flow between two frames."""
    grey = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in (before, after)]
    dense = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    return dense.calc(grey[0], grey[1], np.zeros((*grey[0].shape, 2), np.float32))


@pytest.mark.parametrize("way", [(90, 0), (-90, 0), (0, -90)])
def test_the_skin_moves_as_in_the_image(tmp_path: Path, way: tuple[int, int]) -> None:
    """Over the person's left brow, which lies on the right of the picture."""
    make_reenacted_corpus(tmp_path / "c", folder(tmp_path / "m", patch((7, 20), way)), CLEAR)
    clip = read_manifest(tmp_path / "c")[0]
    frames = clip_frames(clip)
    assert clip.apex is not None
    flow = followed(frames[0], frames[clip.apex - clip.onset])
    moved = np.linalg.norm(flow, axis=2) > 1
    rows, columns = np.nonzero(moved)
    assert rows.mean() < 0.5 * CLEAR.size < columns.mean()
    mean = flow[moved].mean(0)
    assert mean @ way / (np.linalg.norm(mean) * np.linalg.norm(way)) > 0.8


def test_the_fall_is_the_second_image(tmp_path: Path) -> None:
    movement = folder(tmp_path / "m", patch((7, 20), (90, 0)), patch((7, 20), (0, -90)))
    clip = make_reenacted_corpus(tmp_path / "c", movement, CLEAR)[0]
    frames = clip_frames(clip)
    assert clip.apex is not None
    flow = followed(frames[clip.apex - clip.onset], frames[-1])
    mean = flow[np.linalg.norm(flow, axis=2) > 1].mean(0)
    assert -mean[1] > 2 * abs(mean[0])


def test_without_a_second_image_the_movement_is_reversed(tmp_path: Path) -> None:
    clip = make_reenacted_corpus(
        tmp_path / "c", folder(tmp_path / "m", patch((7, 20), (90, 0))), CLEAR
    )[0]
    frames = clip_frames(clip).astype(int)
    assert clip.apex is not None
    apex = np.abs(frames[clip.apex - clip.onset] - frames[0]).max()
    assert np.abs(frames[-1] - frames[0]).max() < 0.1 * apex


@pytest.fixture(scope="module")
def movement(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("movement")
    write_flow_images(Fixture(root))
    return root


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, movement: Path) -> Path:
    root = tmp_path_factory.mktemp("played") / "corpus"
    make_reenacted_corpus(root, movement, SMALL)
    return root


def test_labels_and_subjects_are_kept(movement: Path, corpus: Path) -> None:
    wanted = Counter((image.key, image.emotion) for image in flow_images(movement))
    clips = read_manifest(corpus)
    assert Counter((clip.key, clip.emotion) for clip in clips) == wanted
    for clip in clips:
        assert clip.source == corpus / clip.subject / clip.name
        assert SMALL.frames[0] <= clip.length - 1 <= SMALL.frames[1]
        assert clip.apex is not None and clip.onset < clip.apex < clip.offset
        assert len(list(clip.source.iterdir())) > clip.length


def test_each_subject_has_one_face_of_their_own(corpus: Path) -> None:
    first: dict[str, list[np.ndarray]] = {}
    for clip in read_manifest(corpus):
        first.setdefault(clip.subject, []).append(clip_frames(clip)[0].astype(float))
    one, other = list(first.values())[:2]
    assert np.abs(one[0] - one[1]).mean() < 6 < np.abs(one[0] - other[0]).mean()


def test_amplitudes_are_drawn_and_recorded(corpus: Path) -> None:
    rows = (corpus / TRUTH).read_text().splitlines()[1:]
    amplitudes = [float(row.split(",")[2]) for row in rows]
    assert len(set(amplitudes)) > 0.8 * len(amplitudes)
    assert all(0.6 <= amplitude <= 2 for amplitude in amplitudes)


def test_the_same_seed_is_the_same_corpus_to_the_byte_with_any_number_of_workers(
    movement: Path, corpus: Path, tmp_path: Path
) -> None:
    make_reenacted_corpus(tmp_path / "again", movement, SMALL, workers=2)
    assert content(tmp_path / "again") == content(corpus)


def test_another_seed_is_another_face_with_the_same_label(
    movement: Path, corpus: Path, tmp_path: Path
) -> None:
    other = make_reenacted_corpus(tmp_path / "other", movement, replace(SMALL, seed=1))
    same = read_manifest(corpus)
    assert [clip.key for clip in other] == [clip.key for clip in same]
    one, two = (clip_frames(clips[0])[0].astype(float) for clips in (other, same))
    assert np.abs(one - two).mean() > 6


def test_a_folder_without_flow_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="wanted three_norm_u_v_os"):
        make_reenacted_corpus(tmp_path / "c", tmp_path / "empty", SMALL)
    assert not (tmp_path / "c").exists()


def test_a_damaged_image_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    root = folder(tmp_path / "m", patch((7, 20), (90, 0)))
    next(root.rglob("*.png")).write_bytes(b"no picture")
    with pytest.raises(InputError, match="is not a complete image"):
        make_reenacted_corpus(tmp_path / "c", root, SMALL)
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"amplitude": (0.0, 1.0)}, "0 < least"),
        ({"frames": (4, 8)}, "8 <= fewest"),
        ({"size": 20}, "96 to 1024"),
    ],
)
def test_impossible_settings_are_refused(change: dict, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        ReenactmentConfig(**change)
