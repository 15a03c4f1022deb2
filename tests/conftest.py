"""Fixtures that every test may use."""

import os
from pathlib import Path

import pytest

from tests.databases import (
    engine,
    postgresql_server,
    postgresql_settings,
    session,
    settings,
    sqlite_settings,
    sqlite_template,
)

# Here and nowhere else, so that all tests share one server.
__all__ = [
    "engine",
    "postgresql_server",
    "postgresql_settings",
    "session",
    "settings",
    "sqlite_settings",
    "sqlite_template",
]

_REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder with the real models and images; the test is skipped where it is absent."""
    folder = Path(os.environ.get("NETMEND_TEST_DATA", _REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no shared data at {folder}")
    return folder
