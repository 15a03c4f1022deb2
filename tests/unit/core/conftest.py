import pytest
import tf_keras as keras

from core import attacks
from tests import tiny


@pytest.fixture(scope="session")
def tiny_case() -> tiny.Tiny:
    return tiny.case()


@pytest.fixture(scope="session")
def small_trigger() -> keras.Model:
    """A model whose trigger is smaller than what tells its classes apart: four bright pixels."""
    return tiny.backdoored(attacks.patch(size=2))
