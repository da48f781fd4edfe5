"""Threads share a predictor; a prediction carries its crop; wrong frames are refused."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import skimage.data

from smastn.errors import InputError
from smastn.methods.predictor import Predictor, Recognition

TOP, LEFT, HEIGHT, WIDTH = 0, 100, 260, 240
"""Where the face of skimage's astronaut lies, pixels."""


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return Predictor.bundled()


def film(seed: int, frames: int = 9) -> np.ndarray:
    """A real face that drifts, brightens and is noisy in a way of its own."""
    generator = np.random.default_rng(seed)
    picture = skimage.data.astronaut().astype(np.float32)
    left = LEFT + 8 * seed
    light = np.linspace(1, generator.uniform(0.7, 1.1), frames)
    views = [picture[TOP : TOP + HEIGHT, left - at : left - at + WIDTH] for at in range(frames)]
    noise = generator.normal(0, 3, (frames, HEIGHT, WIDTH, 3))
    return (light[:, None, None, None] * np.stack(views) + noise).clip(0, 255).astype(np.uint8)


def test_four_threads_get_exactly_the_predictions_of_one(predictor: Predictor) -> None:
    clips = [film(seed) for seed in range(4)] * 4
    alone = [predictor.predict(clip) for clip in clips[:4]] * 4
    with ThreadPoolExecutor(4) as threads:
        shared = list(threads.map(predictor.predict, clips))
    for one, other in zip(alone, shared, strict=True):
        assert one.probabilities == other.probabilities
        assert np.array_equal(one.dynamic_images, other.dynamic_images)
    different = {tuple(one.probabilities.values()) for one in alone}
    assert len(different) == 4, "equal clips would not show an exchange of faces"


def test_a_prediction_says_how_its_crop_was_made(predictor: Predictor) -> None:
    seen: Recognition = predictor.predict(film(0))
    assert seen.preparation == predictor.config.preparation
    assert seen.preparation.forehead == 0.1


@pytest.mark.parametrize(
    ("frames", "sentence"),
    [
        (None, "frames are None; wanted a numpy array of uint8"),
        (film(0)[..., 0], "grey frames are made RGB"),
        (film(0)[0], "this is one frame; give all frames"),
        (film(0).astype(np.float32) / 255, "frames are float32 .* scale values to 0..255"),
        (film(0)[:0], "give at least one frame"),
        (film(0)[:1], "the clip has 1 frame; wanted at least 2"),
    ],
)
def test_frames_of_another_kind_are_refused_with_advice(
    predictor: Predictor, frames: object, sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        predictor.predict(frames)  # pyright: ignore[reportArgumentType]


def test_a_list_of_frames_is_as_good_as_an_array(predictor: Predictor) -> None:
    one, other = (predictor.predict(frames) for frames in (film(0), list(film(0))))
    assert one.probabilities == other.probabilities
