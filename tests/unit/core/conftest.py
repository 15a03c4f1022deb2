import pytest

from tests import tiny


@pytest.fixture(scope="session")
def tiny_case() -> tiny.Tiny:
    return tiny.case()
