import numpy as np
import pytest

from smastn.synthesis.faces import Portrait, draw_person, portrait
from smastn.synthesis.puppet import Puppet


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
