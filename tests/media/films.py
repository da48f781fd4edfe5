"""Images that encode their number."""

import numpy as np
from numpy import ndarray


def picture(number: int, size: tuple[int, int] = (64, 48)) -> ndarray:
    """An image whose top encodes its number, red at the left and blue at the right."""
    image = np.zeros((size[1], size[0], 3), np.uint8)
    image[:, : size[0] // 2] = (200, 30, 60)
    image[:, size[0] // 2 :] = (20, 60, 180)
    image[: size[1] // 4] = 40 + number % 25 * 8
    return image


def number_of(image: ndarray) -> int:
    """The number that `picture` put in."""
    return round((float(image[2:8].mean()) - 40) / 8)
