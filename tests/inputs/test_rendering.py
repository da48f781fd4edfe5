"""Pictures of signed images: nothing looks like nothing, and both signs look alike strong."""

import base64

import cv2
import numpy as np
import pytest
from numpy import ndarray
from skimage.data import astronaut

from smastn.inputs.brightness_images import BrightnessImages
from smastn.inputs.motion_images import MotionImages
from smastn.inputs.rendering import (
    attention_picture,
    jpeg_data_url,
    png_data_url,
    signed_pictures,
)

RAMP = np.tile(np.linspace(-1, 1, 201), (1, 3, 201, 1))


@pytest.fixture(scope="module")
def face() -> ndarray:
    return astronaut()[20:132, 110:222]


def decoded(url: str) -> ndarray:
    data = np.frombuffer(base64.b64decode(url.split(",", 1)[1]), np.uint8)
    picture = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert picture is not None
    return picture[..., ::-1]


def test_no_movement_is_exactly_grey() -> None:
    assert np.unique(signed_pictures(np.zeros((2, 3, 4, 4)))).tolist() == [128]


def test_lightness_rises_with_the_value_from_end_to_end() -> None:
    lightness = cv2.cvtColor(signed_pictures(RAMP)[0], cv2.COLOR_RGB2LAB)[0, :, 0].astype(int)
    assert (np.diff(lightness) >= -1).all()
    assert lightness[0] < 60 < 128 < 230 < lightness[-1]


def test_colours_do_not_depend_on_the_strength_of_a_clip_but_compare_its_images() -> None:
    both = np.concatenate([RAMP * 0.05, RAMP * 0.2])
    weak, strong = signed_pictures(both)[:, 0, -1].astype(int)
    assert weak.sum() < strong.sum()
    difference = signed_pictures(both).astype(int) - signed_pictures(5 * both)
    assert np.abs(difference).max() <= 1


def test_attention_colours_the_place_looked_at_and_no_other(face: ndarray) -> None:
    attention = np.zeros((7, 7))
    attention[1, 5] = 1.0
    picture = attention_picture(face, attention).astype(int)
    colour = np.ptp(picture, axis=-1)
    row, column = np.unravel_index(cv2.blur(colour.astype(float), (9, 9)).argmax(), colour.shape)
    assert abs(row - 24) < 10
    assert abs(column - 88) < 10
    assert colour[64:, :48].max() == 0


def test_attention_that_is_everywhere_alike_leaves_the_face_grey(face: ndarray) -> None:
    picture = attention_picture(face, np.full((7, 7), 1 / 49))
    assert np.ptp(picture.astype(int), axis=-1).max() == 0


def test_a_data_url_decodes_to_the_same_picture(face: ndarray) -> None:
    assert png_data_url(face).startswith("data:image/png;base64,")
    np.testing.assert_array_equal(decoded(png_data_url(face)), face)
    error = np.abs(decoded(jpeg_data_url(face)).astype(int) - face)
    assert error.mean() < 4
    assert len(jpeg_data_url(face)) < len(png_data_url(face)) / 2


def test_of_movement_the_vertical_part_is_drawn_and_of_brightness_all() -> None:
    images = np.random.default_rng(2).uniform(-1, 1, (2, 3, 4, 4))
    vertical = np.repeat(images[:, 1:2], 3, axis=1)
    np.testing.assert_array_equal(MotionImages().draw(images), signed_pictures(vertical))
    np.testing.assert_array_equal(BrightnessImages().draw(images), signed_pictures(images))
