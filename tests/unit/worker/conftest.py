import pytest

from tests import workshop


@pytest.fixture
def shop(tmp_path):
    with workshop.workshop(tmp_path / "state") as shop:
        yield shop
