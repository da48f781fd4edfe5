import cv2
import matplotlib
import numpy as np
import pytest
import skimage.data
from matplotlib.image import imread


@pytest.fixture(scope="session")
def astronaut() -> np.ndarray:
    return skimage.data.astronaut()


@pytest.fixture(scope="session")
def admiral() -> np.ndarray:
    return imread(f"{matplotlib.get_data_path()}/sample_data/grace_hopper.jpg")


@pytest.fixture(scope="session")
def both(astronaut: np.ndarray, admiral: np.ndarray) -> np.ndarray:
    """Two people in one picture, the admiral's face the larger."""
    nearer = cv2.resize(astronaut[:310, 70:380], (500, 500), interpolation=cv2.INTER_CUBIC)
    return np.hstack([nearer, admiral[:500]])
