import numpy as np
import pytest

from smastn.synthesis.animated_face import AnimatedFace
from smastn.synthesis.identities import draw_identity, portrait
from smastn.synthesis.photographs import Portrait


@pytest.fixture(scope="package")
def open_mouth() -> Portrait:
    """A synthetic face without glasses, with visible teeth."""
    return portrait(draw_identity(np.random.default_rng([7, 0])))


@pytest.fixture(scope="package")
def closed_mouth() -> Portrait:
    """Another, with closed lips."""
    return portrait(draw_identity(np.random.default_rng([7, 13])))


@pytest.fixture(scope="package")
def face(open_mouth: Portrait) -> AnimatedFace:
    return AnimatedFace(open_mouth)
