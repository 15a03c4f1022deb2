"""SQLite as a database of several processes: one file, a log beside it, one writer at a time."""

import sqlite3
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

_BUSY_TIMEOUT_MS = 30_000
#: How often to look whether the write lock is free.
_LOOK_S = 0.001


def make_engine(url: str) -> sa.Engine:
    """Connections to a file; its folder is made if need be. None is opened yet.

    Transactions take the write lock when they begin, but for those with the execution option
    ``read_only``; foreign keys are checked, but for those with ``rebuilds_tables``.

    Raises:
        OSError: The folder cannot be made.
    """
    path = sa.make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, pool_size=8, max_overflow=24)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # Python begins no transaction of its own; `_begin` does
    for pragma in (
        f"busy_timeout={_BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",  # a job that was accepted survives a power cut
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    options = connection.get_execution_options()
    # Only outside of a transaction, so it is said before each one.
    enforced = "OFF" if options.get("rebuilds_tables", False) else "ON"
    connection.exec_driver_sql(f"PRAGMA foreign_keys={enforced}")
    if options.get("read_only", False):
        connection.exec_driver_sql("BEGIN")
    else:
        _begin_to_write(connection, connection.connection.driver_connection)


def _begin_to_write(connection: sa.Connection, raw: Any) -> None:
    """Take the write lock, waiting for it as long as the connection has patience.

    SQLite itself would pause for longer and longer between two looks, up to a tenth of a second:
    whoever waited longest would wait on, while those who just came went first.
    """
    raw.execute("PRAGMA busy_timeout=0")
    try:
        _wait_for_lock(raw)
        if not raw.in_transaction:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # fails, in the words of SQLAlchemy
    finally:
        raw.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")


def _wait_for_lock(raw: sqlite3.Connection) -> None:
    deadline = time.monotonic() + _BUSY_TIMEOUT_MS / 1000
    while not raw.in_transaction and time.monotonic() < deadline:
        try:
            raw.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                return
            time.sleep(_LOOK_S)
