"""Servers for the tests that need real ones."""

from tests.databases import (
    engine,
    postgresql_server,
    postgresql_settings,
    settings,
    sqlite_settings,
    sqlite_template,
)

__all__ = [
    "engine",
    "postgresql_server",
    "postgresql_settings",
    "settings",
    "sqlite_settings",
    "sqlite_template",
]
