"""The planes of an image are those that another converter finds, also where a part is replaced."""

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace

from smastn.media.planes import Planes


@pytest.fixture(scope="module")
def smooth() -> np.ndarray:
    """Colours of all kinds that change slowly, so that how colour is averaged counts little."""
    rows, columns = np.mgrid[:96, :128] / 128
    waves = [np.sin(5 * rows + 3 * columns + 2 * at) for at in range(3)]
    return np.rint(127.5 + 127.5 * np.stack(waves, axis=-1)).astype(np.uint8)


def test_they_are_those_of_bt709(smooth: np.ndarray) -> None:
    other = av.VideoFrame.from_ndarray(smooth, "rgb24").reformat(
        format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
    )
    np.testing.assert_allclose(
        Planes(smooth).array.astype(int), other.to_ndarray().astype(int), atol=3
    )


@pytest.mark.parametrize(
    ("colour", "planes"), [((255, 255, 255), (235, 128, 128)), ((255, 0, 0), (63, 102, 240))]
)
def test_white_and_red_are_as_the_standard_has_them(
    colour: tuple[int, ...], planes: tuple[int, ...]
) -> None:
    array = Planes(np.full((4, 8, 3), colour, np.uint8)).array
    assert array.shape == (6, 8)
    assert [int(array[0, 0]), int(array[4, 0]), int(array[5, 0])] == list(planes)


def test_a_replaced_part_is_as_if_it_had_always_been_there(smooth: np.ndarray) -> None:
    changed = smooth.copy()
    changed[10:40, 24:80] = smooth[40:70, 60:116]
    planes = Planes(smooth)
    planes.put(changed[10:40, 24:80], 10, 24)
    np.testing.assert_array_equal(planes.array, Planes(changed).array)
