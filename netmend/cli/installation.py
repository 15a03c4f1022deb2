"""The installation that the environment names, for the commands that look after one."""

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from service.errors import DatabaseUnavailable
from service.settings import Settings

if TYPE_CHECKING:
    import sqlalchemy as sa

    from service.audit import Actor


@contextlib.contextmanager
def opened(settings: Settings) -> Iterator["sa.Engine"]:
    """Its database.

    Raises:
        DatabaseUnavailable: It is away, or its tables are not those of this version.
    """
    # Imported here because most commands know no database.
    from service import db

    engine = db.make_engine(settings)
    try:
        if not db.is_current(engine):
            raise DatabaseUnavailable(
                "the tables are not of this version",
                hint="run 'netmend db upgrade' with the same settings in the environment",
            )
        yield engine
    finally:
        engine.dispose()


def actor() -> "Actor":
    """Who types commands here, for the audit log."""
    from service.audit import Actor

    return Actor(name=f"uid {os.getuid()}", source="command line")
