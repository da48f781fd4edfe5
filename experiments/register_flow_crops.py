"""Where STSTNet's crop of the face lies in that of the other public pictures of flow.

python experiments/register_flow_crops.py FOLDER

Lays the average movement of all clips, made symmetric, of one crop on that of the other; no
label is looked at. What it prints stands in `smastn.inputs.optical_flow`.
"""

import sys
from pathlib import Path

import cv2
import numpy as np
from numpy import ndarray

from smastn.corpora.flow_images import Part, flow_images
from smastn.media.image_files import read_image


def main() -> None:
    """Print scale and shift of x and y, and how well the averages then agree."""
    common, other = (_average(Path(sys.argv[1]), part) for part in ("onset-apex", "ststnet"))
    start = np.array([[1.1, 0, -1.5], [0, 1.1, -3.0]], np.float32)
    ends = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 500, 1e-7)
    score, matrix = cv2.findTransformECC(
        common, other, start, cv2.MOTION_AFFINE, ends, np.array([]), 5
    )
    (across, _, left), (_, down, top) = np.round(matrix, 3)
    print(f"x {across} {left}, y {down} {top}; correlation {score:.3f}")


def _average(root: Path, part: Part) -> ndarray:
    """Root mean square of vertical flow and half that of strain, at each pixel."""
    pictures = np.stack([read_image(one.source) for one in flow_images(root, part)])
    moved = pictures - np.median(pictures, (1, 2), keepdims=True)
    moved /= np.sqrt((moved**2).mean((1, 2), keepdims=True)) + 1e-6
    spread = np.sqrt((moved**2).mean(0)) @ np.array([0, 1, 0.5])
    return ((spread + spread[:, ::-1]) / 2).astype(np.float32)


if __name__ == "__main__":
    main()
