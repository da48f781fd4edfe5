from fractions import Fraction

import numpy as np
import pytest
import torch
from sklearn.svm import LinearSVC

from smastn.config import read_settings
from smastn.errors import ConfigError
from smastn.inputs.brightness_images import BrightnessImages, symmetric_scale
from smastn.inputs.dynamic_image import dynamic_images
from smastn.inputs.pooling import Pooling, Reading, rank_pooling_weights

READINGS: tuple[Reading, ...] = ("local", "local+global", "interleaved", "onset_anchored")


def clip(length: int = 24, size: int = 8, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (length, size, size, 3), dtype=np.uint8)


@pytest.mark.parametrize("length", [1, 2, 3, 8, 9, 64])
def test_weights_are_the_scores_of_running_means_carried_back(length: int) -> None:
    """In exact fractions: sum_i (2i - T - 1) V_i is sum_t alpha_t I_t, and alpha sums to 0."""
    exact = [
        sum((Fraction(2 * i - length - 1, i) for i in range(t, length + 1)), Fraction())
        for t in range(1, length + 1)
    ]
    assert sum(exact) == 0
    np.testing.assert_allclose(rank_pooling_weights(length), np.array(exact, float), atol=1e-12)


def test_three_frames_give_the_published_weights() -> None:
    np.testing.assert_allclose(rank_pooling_weights(3), [-4 / 3, 2 / 3, 2 / 3])


def test_the_sign_is_that_of_a_ranking_machine_on_the_running_means() -> None:
    time = np.linspace(0, 1, 12)[:, None]
    generator = np.random.default_rng(3)
    slopes = generator.normal(size=20)
    frames = 100 + 20 * time * slopes + generator.normal(0, 0.2, (12, 20))
    means = np.cumsum(frames, 0) / np.arange(1, 13)[:, None]
    earlier, later = np.triu_indices(12, 1)
    pairs = means[later] - means[earlier]
    both = np.concatenate([pairs, -pairs])
    order = np.repeat([1, -1], len(pairs))
    ranked = LinearSVC(fit_intercept=False, max_iter=20000).fit(both, order).coef_[0]
    pooled = rank_pooling_weights(12) @ frames
    assert np.corrcoef(ranked, pooled)[0, 1] > 0.9


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("length", [1, 2, 5, 40])
def test_a_still_clip_leaves_exactly_nothing(reading: Reading, length: int) -> None:
    still = np.repeat(clip(1), length, axis=0)
    assert not BrightnessImages(reading=reading).describe(still).any()


def test_one_frame_a_segment_shows_no_face() -> None:
    """Segments of one frame hold no movement; the image over the whole clip still does."""
    images = BrightnessImages(frames=1, reading="local+global").describe(clip())
    assert not images[:3].any()
    assert images[3].any()


def test_it_is_bright_where_the_face_came_to_be_brighter() -> None:
    frames = np.full((10, 4, 4, 3), 100, np.uint8)
    frames[:, 0, 0] += np.arange(0, 20, 2, dtype=np.uint8)[:, None]
    frames[:, 1, 1] -= np.arange(0, 20, 2, dtype=np.uint8)[:, None]
    image = dynamic_images(frames, rank_pooling_weights(10)[None])[0]
    assert (image[:, 0, 0] > 0).all()
    assert (image[:, 1, 1] < 0).all()
    assert (image[:, 2:, 2:] == 0).all()


@pytest.mark.parametrize("reading", READINGS)
def test_rows_sum_to_zero_and_their_positive_weights_to_one(reading: Reading) -> None:
    rows = Pooling(reading=reading).weights(50)
    np.testing.assert_allclose(rows.sum(1), 0, atol=1e-12)
    np.testing.assert_allclose(rows.clip(0).sum(1), 1)


def test_local_rows_see_their_own_segment_only_and_the_global_row_all() -> None:
    rows = Pooling(segments=3, frames=5, reading="local+global").weights(30)
    assert rows.shape == (4, 30)
    for index in range(3):
        outside = np.delete(rows[index], range(10 * index, 10 * index + 10))
        assert not outside.any()
    assert all(rows[3, start : start + 10].any() for start in (0, 10, 20))


def test_interleaved_rows_each_span_the_clip() -> None:
    rows = Pooling(reading="interleaved").weights(30)
    for row in rows:
        assert row[:10].any() and row[20:].any()


def test_anchored_rows_are_the_segment_less_the_onset() -> None:
    frames = clip(30)
    images = dynamic_images(frames, Pooling(reading="onset_anchored").weights(30))
    middle = frames[[11, 13, 15, 17, 19]].mean(0) - frames[0]
    np.testing.assert_allclose(images[1].permute(1, 2, 0), middle, atol=1e-3)


def test_one_pass_equals_the_plain_sum_image_by_image() -> None:
    frames = clip(64, size=40)
    rows = Pooling(segments=4, frames=16, reading="local+global").weights(64)
    plain = np.einsum("kt,thwc->kchw", rows, frames.astype(np.float64))
    np.testing.assert_allclose(dynamic_images(frames, rows), plain, atol=1e-3)


def test_bytes_and_floats_give_the_same() -> None:
    frames = clip()
    rows = Pooling(reading="local+global").weights(len(frames))
    first = dynamic_images(frames, rows)
    torch.testing.assert_close(dynamic_images(frames.astype(np.float64), rows), first)


def test_one_scale_a_clip_keeps_zero_and_the_ratio_between_segments() -> None:
    images = torch.zeros(2, 3, 6, 6)
    images[0, :, 1, 1], images[1, :, 2, 2] = 1.0, -0.5
    scaled = symmetric_scale(images * 0.01)
    assert scaled.abs().max() <= 1
    assert (scaled[images == 0] == 0).all()
    gentle = symmetric_scale(
        torch.randn(2, 3, 6, 6).sign() * torch.tensor([1.0, 0.5])[:, None, None, None]
    )
    torch.testing.assert_close(gentle[0].abs().mean() / gentle[1].abs().mean(), torch.tensor(2.0))


def test_contrast_does_not_change_the_result() -> None:
    frames, rows = clip().astype(np.float32), Pooling().weights(24)
    faint, full = (symmetric_scale(dynamic_images(gain * frames, rows)) for gain in (0.5, 1))
    torch.testing.assert_close(faint, full)


def test_an_unknown_reading_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="reading.*local\\+global"):
        read_settings({"reading": "locl"}, BrightnessImages)


def test_a_span_below_one_leaves_the_end_of_the_clip_out() -> None:
    weights = Pooling(segments=3, frames=4, span=0.5).weights(40)
    assert not weights[:, 20:].any()
    assert weights[-1, 15:20].any()
    np.testing.assert_array_equal(weights[:, :20], Pooling(segments=3, frames=4).weights(20))
    with pytest.raises(ConfigError, match="span is 0.0"):
        Pooling(span=0.0)
