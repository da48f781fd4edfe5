from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from smastn.errors import InputError
from smastn.inputs.brightness_images import BrightnessImages
from smastn.inputs.chance import Chance
from smastn.inputs.input import Input
from smastn.inputs.motion_images import MotionImages
from smastn.inputs.optical_flow import FlowImages
from smastn.media.frame_array import Frames
from smastn.training.sampled_views import SampledViews, in_memory, shared

FRAMES = np.random.default_rng(0).integers(0, 255, (30, 16, 16, 3), dtype=np.uint8)
BRIGHTNESS = BrightnessImages(segments=2, frames=3)
MOTION = MotionImages(segments=2, frames=3)


def sampled_views(seed: int = 5, trim: float = 0.1, frames: np.ndarray = FRAMES) -> SampledViews:
    return SampledViews(frames, BRIGHTNESS, trim, 4, seed)


def test_a_view_is_the_same_every_time_and_differs_from_the_others() -> None:
    drawn = sampled_views()
    np.testing.assert_array_equal(drawn[2], sampled_views()[2])
    assert (drawn[2] != drawn[3]).any()
    assert (drawn[2] != sampled_views(seed=6)[2]).any()


def test_a_view_is_the_images_rounded_to_bytes() -> None:
    """One frame a bin and bins of one frame leave nothing to chance."""
    frames = FRAMES[:6]
    wanted = BRIGHTNESS.describe(frames).permute(0, 2, 3, 1).numpy()
    drawn = (sampled_views(trim=0.0, frames=frames)[0].astype(float) - 128) / 127
    np.testing.assert_allclose(drawn, wanted, atol=0.5 / 127 + 1e-6)


def test_a_view_of_a_still_clip_is_empty() -> None:
    still = np.repeat(FRAMES[:1], 30, axis=0)
    assert (sampled_views(frames=still)[0] == 128).all()


@pytest.mark.parametrize("source", [BRIGHTNESS, MOTION])
def test_views_are_the_same_from_frames_from_memory_and_from_a_file(
    tmp_path: Path, source: Input
) -> None:
    drawn = replace(sampled_views(), input=source)
    assert drawn[0].flags.c_contiguous
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


def test_where_nothing_can_be_kept_the_views_are_the_same(tmp_path: Path) -> None:
    assert shared(sampled_views(), None, "a/b")[1].tolist() == sampled_views()[1].tolist()
    gone = tmp_path / "gone"
    assert shared(sampled_views(), gone, "a/b")[1].tolist() == sampled_views()[1].tolist()
    assert not gone.exists()


def test_a_random_displacement_disturbs_movement_as_far_as_set_and_brightness_not_at_all() -> None:
    def drawn(source: Input, random_displacement: float) -> np.ndarray:
        return SampledViews(FRAMES, source, 0.1, 4, 5, random_displacement)[1]

    quiet, moved, more = (drawn(MOTION, strength).astype(float) for strength in (0.0, 0.2, 0.8))
    assert 0 < np.abs(moved - quiet).mean() < np.abs(more - quiet).mean()
    np.testing.assert_array_equal(drawn(BRIGHTNESS, 0.0), drawn(BRIGHTNESS, 0.8))


def test_flow_images_have_one_view_which_is_all_of_them() -> None:
    source = FlowImages(("onset-apex", "apex-offset"))
    views = replace(sampled_views(frames=FRAMES[:2], trim=0.3), input=source)
    assert len(views) == len(views.all()) == 1
    wanted = source.describe(FRAMES[:2]).permute(0, 2, 3, 1).numpy()
    np.testing.assert_allclose((views[0].astype(float) - 128) / 127, wanted, atol=0.5 / 127 + 1e-6)


def test_an_input_that_makes_other_images_than_it_names_is_refused() -> None:
    class Wrong(BrightnessImages):
        def describe(self, frames: Frames, chance: Chance | None = None) -> torch.Tensor:
            return 3 * super().describe(frames)[:1].sign()

    with pytest.raises(InputError, match="Wrong.describe gave 1 x 3 x 16 x 16 values up to 3"):
        replace(sampled_views(), input=Wrong(segments=2, frames=3))[0]
