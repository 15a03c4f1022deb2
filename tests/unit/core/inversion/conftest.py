import pytest

from core import inversion
from tests import tiny

LABELS = tuple(range(tiny.N_CLASSES))


@pytest.fixture(scope="session")
def scaled(tiny_case):
    return inversion.scaled(tiny_case.validation, tiny.SCALED)


@pytest.fixture(scope="session")
def patches(small_trigger, scaled):
    return inversion.invert(small_trigger, scaled, labels=LABELS, settings=inversion.PATCH)


@pytest.fixture(scope="session")
def additives(small_trigger, scaled):
    return inversion.invert(small_trigger, scaled, labels=LABELS, settings=inversion.ADDITIVE)
