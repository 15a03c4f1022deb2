import pytest

from tests import workshop


@pytest.fixture
def shop(tmp_path):
    with workshop.workshop(tmp_path / "state") as shop:
        yield shop


@pytest.fixture
def any_shop(settings):
    """A workshop on each database in turn, for what rests on what a database promises."""
    with workshop.workshop(settings.state_folder, database_url=settings.database_url) as shop:
        yield shop
