"""What is drawn for one sampled view of a training clip: frames, and a random displacement.

Real faces show small smooth movements everywhere: heads turn a little, other muscles work, and
measurements err. A random displacement adds such movement in training.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float32, Float64
from numpy import ndarray

_OCTAVES, _BORDER = (1.0, 2.0, 4.0, 8.0), 16
"""Widths of the displacement and the border cut off, in cells: blurring doubles it there."""


@dataclass(frozen=True, slots=True)
class Chance:
    """Draws what an input needs for one sampled view.

    Attributes:
        generator: of random numbers.
        displacement: strength of the random displacement, see `displacements`.
    """

    generator: np.random.Generator
    displacement: float = 0.0

    def positions(self, segments: int, frames: int) -> Float64[ndarray, "segments frames"]:
        """Where in each bin a frame is taken, 0 to 1; see `Pooling.sampled`."""
        return self.generator.random((segments, frames))

    def displacements(
        self, images: int, cells: int
    ) -> Float32[ndarray, "images 2 rows columns"] | None:
        """Smooth random movement of the whole face, which grows over the clip; None for none.

        Its root mean square at the end of the clip is drawn, with a standard deviation of
        `displacement`; see `smastn.inputs.local_motion.overlaid` for the unit.

        Args:
            images: of the clip.
            cells: rows and columns of each image.
        """
        if not self.displacement:
            return None
        first, last = (_smooth(self.generator, cells) for _ in range(2))
        share = np.linspace(0.5, 1, images, dtype=np.float32)[:, None, None, None]
        strength = np.float32(self.displacement * abs(self.generator.normal()))
        return strength * share * (share * last + (1 - share) * first)


def _smooth(generator: np.random.Generator, cells: int) -> Float32[ndarray, "2 rows columns"]:
    """Octaves of smooth noise of random strength; root mean square 1 in all."""
    field = np.zeros((2, cells, cells), np.float32)
    inner = slice(_BORDER, _BORDER + cells)
    for width in _OCTAVES:
        for axis in field:
            noise = generator.standard_normal((cells + 2 * _BORDER,) * 2, np.float32)
            blurred = cv2.GaussianBlur(noise, (0, 0), width)
            axis += blurred[inner, inner] / blurred.std() * np.float32(generator.uniform())
    return field / np.sqrt(np.square(field).mean())
