import numpy as np
import pytest

from smastn.synthesis.animated_face import AnimatedFace
from smastn.synthesis.identities import draw_identity, portrait
from smastn.synthesis.photographs import Portrait


@pytest.fixture(scope="package")
def somebody() -> Portrait:
    """A made-up person without glasses, teeth showing."""
    return portrait(draw_identity(np.random.default_rng([7, 0])))


@pytest.fixture(scope="package")
def closed_mouth() -> Portrait:
    """Another, with closed lips."""
    return portrait(draw_identity(np.random.default_rng([7, 13])))


@pytest.fixture(scope="package")
def face(somebody: Portrait) -> AnimatedFace:
    return AnimatedFace(somebody)
