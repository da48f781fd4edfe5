"""Prediction for one clip after loading, against decoding and against the face mesh alone.

Target: under 150 ms after loading.
"""

import cv2
import numpy as np
import skimage.data
from timing import milliseconds

from smastn.faces.landmarks import FaceTracker
from smastn.methods.predictor import Predictor


def clip(length: int = 60) -> np.ndarray:
    """A still face of 280 pixels in frames of 640 x 480, with sensor noise."""
    face = cv2.resize(skimage.data.astronaut()[:200, 80:347], (640, 480))
    noise = np.random.default_rng(0).normal(0, 2, (length, 480, 640, 3))
    return np.clip(face + noise, 0, 255).astype(np.uint8)


def main() -> None:
    frames, tracker = clip(), FaceTracker()
    load = milliseconds(Predictor.bundled, repeats=5)
    predictor = Predictor.bundled()
    prediction = milliseconds(lambda: predictor.predict(frames))
    mesh = milliseconds(lambda: [tracker(frame) for frame in frames])
    print("one clip of 60 frames of 640 x 480, bundled weights")
    print(f"  loading             {load:8.1f} ms   (target < 1000)")
    print(f"  prediction          {prediction:8.1f} ms   (target < 150)")
    print(
        f"  face mesh alone     {mesh:8.1f} ms   on 60 frames: {mesh / prediction:.1f} predictions"
    )


if __name__ == "__main__":
    main()
