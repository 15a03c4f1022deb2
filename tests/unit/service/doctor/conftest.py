"""Databases for the looks that need one."""

from tests.databases import (
    engine,
    postgresql_server,
    postgresql_settings,
    session,
    settings,
    sqlite_settings,
    sqlite_template,
)

__all__ = [
    "engine",
    "postgresql_server",
    "postgresql_settings",
    "session",
    "settings",
    "sqlite_settings",
    "sqlite_template",
]
