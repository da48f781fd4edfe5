from pathlib import Path

import numpy as np
import pytest
import torch

from smastn.corpora.flow_images import flow_images
from smastn.corpora.selection import DataConfig, select_clips
from smastn.errors import ConfigError, InputError
from smastn.inputs.optical_flow import FlowImages, aligned, flow_frames, flow_movement, scaled
from smastn.media.image_files import read_image
from smastn.synthesis.fixtures.fixture_clips import Fixture, FixtureClip
from smastn.synthesis.fixtures.fixture_flow_images import write_flow_images

PARTS = ("onset-apex", "apex-offset", "ststnet")


def speckled(clip: FixtureClip, number: int) -> np.ndarray:
    """Another image for every clip."""
    generator = np.random.default_rng([clip.subject, number, len(clip.name)])
    return generator.integers(0, 256, (28, 28, 3), dtype=np.uint8)


def picture(grey: tuple[int, int, int]) -> np.ndarray:
    return np.broadcast_to(np.array(grey, np.uint8), (1, 28, 28, 3)).copy()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("flow")
    write_flow_images(Fixture(folder, renderer=speckled))
    return folder


def test_every_clip_has_its_images_in_the_order_of_the_parts(root: Path) -> None:
    clips = select_clips(root, DataConfig(corpora=("flow_images",))).clips
    pictures = flow_frames(root, PARTS, 28)
    assert set(pictures) == {clip.key for clip in clips}
    assert all(rows.shape == (3, 28, 28, 3) for rows in pictures.values())
    turned = flow_frames(root, PARTS[::-1], 28)
    assert all((turned[key] == rows[::-1]).all() for key, rows in pictures.items())


def test_a_still_picture_gives_zero_whatever_its_grey() -> None:
    assert not flow_movement(picture((200, 13, 0)), ["onset-apex"]).any()
    assert not flow_movement(picture((7, 255, 90)), ["onset-apex"]).any()


def test_zero_is_where_most_of_the_face_is() -> None:
    moved = picture((140, 90, 0))
    moved[0, 20:24, 4:8] = (20, 250, 200)
    movement = flow_movement(moved, ["onset-apex"])[0]
    still = torch.ones(28, 28, dtype=torch.bool)
    still[20:24, 4:8] = False
    assert not movement[:, still].any()
    assert (movement[:, ~still].sign() == torch.tensor([-1, 1, 1])[:, None]).all()


def test_the_scale_of_a_picture_does_not_matter_since_it_was_lost() -> None:
    generator = np.random.default_rng(0)
    values = generator.integers(100, 120, (1, 28, 28, 3)).astype(np.uint8)
    once, twice = (flow_movement(rows, ["onset-apex"]) for rows in (values, 2 * values))
    torch.testing.assert_close(once, twice)


def test_mirroring_the_face_turns_u_round_and_is_undone_by_itself() -> None:
    generator = np.random.default_rng(1)
    pictures = generator.integers(0, 256, (2, 28, 28, 3), np.uint8)
    movement = flow_movement(pictures, ("onset-apex", "ststnet"))
    mirrored = FlowImages().mirror(movement)
    assert torch.equal(mirrored[:, 0], -movement[:, 0].flip(-1))
    assert torch.equal(mirrored[:, 1:], movement[:, 1:].flip(-1))
    assert torch.equal(FlowImages().mirror(mirrored), movement)


def test_the_way_back_is_turned_round_so_that_all_pictures_show_one_movement() -> None:
    generator = np.random.default_rng(3)
    pictures = np.repeat(generator.integers(0, 256, (1, 28, 28, 3), np.uint8), 2, axis=0)
    there, back = flow_movement(pictures, ("onset-apex", "apex-offset"))
    assert torch.equal(back[:2], -there[:2])
    assert torch.equal(back[2], there[2])


def test_ststnets_pictures_are_moved_to_where_the_others_have_eyes_and_mouth() -> None:
    grey = np.zeros((28, 28, 3), np.uint8)
    grey[7:10, 5:8] = 255  # an eye as STSTNet's pictures have it
    rows, columns = np.nonzero(aligned(grey, "ststnet")[..., 0] > 127)
    assert abs(rows.mean() - 11.5) < 0.5 and abs(columns.mean() - 7.2) < 0.5
    assert aligned(grey, "onset-apex") is grey


def test_a_folder_of_ststnets_pictures_alone_is_aligned_too(root: Path) -> None:
    """There the picture from onset to apex is STSTNet's, whatever it is called."""
    nested = flow_frames(root / "three_norm_u_v_os", ("onset-apex",), 28)
    named = flow_frames(root, ("ststnet",), 28)
    assert all((nested[key] == rows).all() for key, rows in named.items())


def test_both_crops_move_at_the_same_places(shared_data: Path) -> None:
    """Averaged over all people, labels unseen, the crops fit better aligned than as they are."""
    root = shared_data / "megc2019_flow"
    other = np.stack([read_image(one.source) for one in flow_images(root, "ststnet")])
    common = np.stack([read_image(one.source) for one in flow_images(root)])
    moved = np.stack([aligned(one, "ststnet") for one in other])

    def strain(pictures: np.ndarray) -> np.ndarray:
        return pictures[..., 2].astype(float).mean(0)[4:24, 4:24].ravel()

    before, after = (np.corrcoef(strain(common), strain(one))[0, 1] for one in (other, moved))
    assert after > 0.9
    assert after > before + 0.2


def test_pictures_are_scaled_without_losing_their_range() -> None:
    generator = np.random.default_rng(2)
    small = generator.integers(0, 256, (28, 28, 3), dtype=np.uint8)
    assert scaled(small, 28) is small
    assert scaled(small, 56).shape == (56, 56, 3)
    assert abs(scaled(small, 56).mean() - small.mean()) < 2


def test_frames_of_a_film_are_refused_where_flow_is_wanted() -> None:
    source = FlowImages(("onset-apex", "apex-offset"))
    with pytest.raises(InputError, match="9 frames were given; wanted one flow image each of"):
        source.describe(np.zeros((9, 28, 28, 3), np.uint8))
    with pytest.raises(InputError, match="trained on flow images .* load a checkpoint trained on"):
        source.frames_read(9)


def test_ststnets_pictures_are_missed_by_name(root: Path) -> None:
    with pytest.raises(InputError, match="no images of STSTNet's; wanted three_norm_u_v_os"):
        flow_frames(root / "STSNet_whole_norm_u_v_os", ("ststnet",), 28)


def test_flow_is_not_mixed_with_films() -> None:
    with pytest.raises(ConfigError, match="wanted flow_images alone"):
        DataConfig(corpora=("casme2", "flow_images"))
