import numpy as np
import pytest

from smastn.synthesis.animated_face import Puppet
from smastn.synthesis.identities import Portrait, draw_person, portrait


@pytest.fixture(scope="package")
def somebody() -> Portrait:
    """A made-up person without glasses, teeth showing."""
    return portrait(draw_person(np.random.default_rng([7, 0])))


@pytest.fixture(scope="package")
def closed_mouth() -> Portrait:
    """Another, with closed lips."""
    return portrait(draw_person(np.random.default_rng([7, 13])))


@pytest.fixture(scope="package")
def puppet(somebody: Portrait) -> Puppet:
    return Puppet(somebody)
