import pytest

from core import data, methods
from tests import tiny


@pytest.fixture(scope="session")
def validation(tiny_case):
    images = tiny_case.validation
    split = data.split(images.labels, seed=0)
    return methods.Validation(
        tune=images.only(split.tune),
        select=images.only(split.select),
        preprocessing=tiny.SCALED,
    )
