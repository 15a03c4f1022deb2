"""SQLite as a database of several processes: one file, a log beside it, one writer at a time."""

import sqlite3
import time
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

#: Table to index to what ANALYZE counts: all rows, then how many have the same first column, the
#: same first two, and so on. Few users own all jobs; a batch has about fifty.
SIZES: Mapping[str, Mapping[str, str]] = types.MappingProxyType(
    {
        "jobs": {
            "sqlite_autoindex_jobs_1": "100000 1",
            "ix_jobs_owner_id_id": "100000 33334 1",
            "ix_jobs_state_id": "100000 33334 1",
            "ix_jobs_verdict_id": "100000 20000 1",
            "ix_jobs_kind_id": "100000 50000 1",
            "ix_jobs_method_id": "100000 33334 1",
            "ix_jobs_batch_id_id": "100000 50 1",
            "ix_jobs_by_finished_at": "100000 1 1 1 1 1 1 1 1 1",
            "ix_jobs_by_clean_accuracy_after": "100000 2000 1 1 1 1 1 1 1 1",
            "ix_jobs_by_attack_success_rate_after": "100000 2000 1 1 1 1 1 1 1 1",
            "ix_jobs_trash": "100 1",
            "ix_jobs_waiting": "500 500 500 1",
            "ix_jobs_leased": "8 8",
        },
        "job_inputs": {
            "sqlite_autoindex_job_inputs_1": "500000 5 2 1",
            "ix_job_inputs_model_id": "500000 1000",
            "ix_job_inputs_dataset_id": "500000 2500",
        },
        "job_events": {"sqlite_autoindex_job_events_1": "400000 4 1"},
        "job_metrics": {
            "sqlite_autoindex_job_metrics_1": "600000 1",
            "sqlite_autoindex_job_metrics_2": "600000 6 6 3 1 1",
        },
        "artifacts": {
            "sqlite_autoindex_artifacts_1": "400000 4 1",
            "ix_artifacts_sha256": "400000 2",
        },
    }
)
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


def tell_sizes(connection: sa.Connection) -> None:
    """Tell SQLite how the rows of a service are spread that has been used for long.

    It counts nothing by itself, and without counts takes any index for a choice of few rows: a
    sorted list of the jobs that succeeded would sort all of them. Fixed counts give the same plan
    on each machine, see https://sqlite.org/lang_analyze.html#fixed_results_of_analyze
    """
    connection.exec_driver_sql("ANALYZE sqlite_master")  # makes the table of counts
    for table, counts in SIZES.items():
        connection.exec_driver_sql("DELETE FROM sqlite_stat1 WHERE tbl = ?", (table,))
        connection.exec_driver_sql(
            "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)",
            [(table, index, count) for index, count in counts.items()],
        )


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
