from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from smastn.inputs.dynamic_image import DescriptorConfig, Domain, describe
from smastn.training.sampled_views import SampledViews, in_memory, random_displacements, shared

FRAMES = np.random.default_rng(0).integers(0, 255, (30, 16, 16, 3), dtype=np.uint8)
DESCRIPTOR = DescriptorConfig(segments=2, frames=3)


def sampled_views(seed: int = 5, trim: float = 0.1, frames: np.ndarray = FRAMES) -> SampledViews:
    return SampledViews(frames, DESCRIPTOR, trim, 4, seed)


def test_a_drawing_is_the_same_whenever_it_is_asked_for_and_each_is_another() -> None:
    drawn = sampled_views()
    np.testing.assert_array_equal(drawn[2], sampled_views()[2])
    assert (drawn[2] != drawn[3]).any()
    assert (drawn[2] != sampled_views(seed=6)[2]).any()


def test_a_drawing_is_a_descriptor_rounded_to_bytes() -> None:
    """One frame a bin and bins of one frame leave nothing to chance."""
    frames = FRAMES[:6]
    wanted = describe(frames, DESCRIPTOR).permute(0, 2, 3, 1).numpy()
    drawn = (sampled_views(trim=0.0, frames=frames)[0].astype(float) - 128) / 127
    np.testing.assert_allclose(drawn, wanted, atol=0.5 / 127 + 1e-6)


def test_a_still_clip_is_drawn_as_nothing() -> None:
    still = np.repeat(FRAMES[:1], 30, axis=0)
    assert (sampled_views(frames=still)[0] == 128).all()


@pytest.mark.parametrize("domain", ["brightness", "motion"])
def test_drawings_are_the_same_from_frames_from_memory_and_from_a_file(
    tmp_path: Path, domain: Domain
) -> None:
    drawn = replace(sampled_views(), descriptor=replace(DESCRIPTOR, domain=domain))
    assert drawn[0].flags.c_contiguous  # what reads bytes does not ask how they are laid out
    made, found = (shared(drawn, tmp_path, "a/b") for _ in range(2))
    (held,) = in_memory([drawn])
    for other in (made, found, held):
        assert isinstance(other, np.ndarray)
        assert len(other) == len(drawn)
        for number in range(len(drawn)):
            np.testing.assert_array_equal(other[number], drawn[number])
    assert len(list(tmp_path.iterdir())) == 1


def test_a_torn_file_is_made_anew(tmp_path: Path) -> None:
    shared(sampled_views(), tmp_path, "a/b")
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-100])
    np.testing.assert_array_equal(shared(sampled_views(), tmp_path, "a/b")[1], sampled_views()[1])


def test_other_clips_and_other_seeds_have_other_files(tmp_path: Path) -> None:
    for key, seed in (("a/b", 5), ("a/c", 5), ("a/b", 6)):
        np.testing.assert_array_equal(
            shared(sampled_views(seed), tmp_path, key)[0], sampled_views(seed)[0]
        )
    assert len(list(tmp_path.iterdir())) == 3


def test_where_nothing_can_be_kept_the_drawings_are_the_same(tmp_path: Path) -> None:
    assert shared(sampled_views(), None, "a/b")[1].tolist() == sampled_views()[1].tolist()
    gone = tmp_path / "gone"
    assert shared(sampled_views(), gone, "a/b")[1].tolist() == sampled_views()[1].tolist()
    assert not gone.exists()


def test_unrest_is_smooth_lies_everywhere_and_grows_over_the_clip() -> None:
    chance = np.random.default_rng(1)
    drawn = np.stack([random_displacements(chance, 0.7, (3, 28)) for _ in range(200)])
    strong = np.sqrt(np.square(drawn).mean((2, 3, 4)))
    assert (strong[:, 0] < strong[:, 2]).mean() > 0.95
    assert np.sqrt(np.square(strong[:, 2]).mean()) == pytest.approx(0.7, rel=0.15)
    places = np.square(drawn).mean((0, 1, 2))
    assert places.max() < 2.5 * places.min()
    beside = [np.corrcoef(one[..., 1:].ravel(), one[..., :-1].ravel())[0, 1] for one in drawn]
    assert np.mean(beside) > 0.8


def test_unrest_disturbs_movement_as_far_as_asked_and_brightness_not_at_all() -> None:
    def drawn(domain: Domain, random_displacement: float) -> np.ndarray:
        return SampledViews(
            FRAMES, replace(DESCRIPTOR, domain=domain), 0.1, 4, 5, random_displacement
        )[1]

    quiet, moved, more = (drawn("motion", strength).astype(float) for strength in (0.0, 0.2, 0.8))
    assert 0 < np.abs(moved - quiet).mean() < np.abs(more - quiet).mean()
    np.testing.assert_array_equal(drawn("brightness", 0.0), drawn("brightness", 0.8))
