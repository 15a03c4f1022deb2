"""A consistent copy of the database, and the files that the rows in it name."""

import contextlib
import os
import shlex
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from .. import db, errors, references
from ..storage import hash_file
from .manifests import Database

_SQLITE, _POSTGRESQL = "database.sqlite", "database.dump"


@dataclass(frozen=True, kw_only=True)
class Dump:
    """A copy, and what its rows name, as of one moment."""

    database: Database
    #: SHA-256 of the files.
    names: frozenset[str]


def dump(engine: sa.Engine, folder: Path) -> Dump:
    """Copy the database into a folder; where that takes a program that is missing, say which.

    Raises:
        BackupFailed: It did not work.
        DatabaseUnavailable: The database is away.
        InsufficientStorage: The disk is full.
    """
    if engine.dialect.name == "sqlite":
        return _dump_sqlite(engine, folder / _SQLITE)
    return _dump_postgresql(engine, folder / _POSTGRESQL)


def check_sqlite(path: Path) -> None:
    """Have SQLite look through all of a file.

    Raises:
        ChecksumMismatch: It finds fault with it.
    """
    with _closed(path) as connection:
        (told,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if told != "ok":
        raise errors.ChecksumMismatch(f"{path.name} is damaged: {told}", place=str(path))


def _dump_sqlite(engine: sa.Engine, path: Path) -> Dump:
    connection = engine.raw_connection()
    try:
        connection.execute("VACUUM INTO ?", (str(path),))
    except sqlite3.Error as error:
        raise errors.BackupFailed(f"the database was not copied: {error}") from error
    finally:
        connection.close()
    path.chmod(0o600)
    # not by make_engine, which would change the file
    copy = sa.create_engine(f"sqlite:///{path}", poolclass=sa.NullPool)
    with Session(copy) as session:
        names = frozenset(references.all_of(session))
    database = Database(
        kind="sqlite", file=path.name, sha256=hash_file(path), schema=db.newest_version()
    )
    return Dump(database=database, names=names)


def _dump_postgresql(engine: sa.Engine, path: Path) -> Dump:
    program = shutil.which("pg_dump")
    with _snapshot(engine) as (session, snapshot):
        names = frozenset(references.all_of(session))
        if program is not None:
            _run(engine.url, [program, f"--snapshot={snapshot}", *_options(engine.url, path)])
    database = Database(
        kind="postgresql",
        file=path.name if program else None,
        sha256=hash_file(path) if program else None,
        schema=db.newest_version(),
        command=None if program else shlex.join(["pg_dump", *_options(engine.url, path.name)]),
    )
    return Dump(database=database, names=names)


@contextlib.contextmanager
def _snapshot(engine: sa.Engine) -> Iterator[tuple[Session, str]]:
    """A session, and the name of the moment that it sees, for others to see the same."""
    steady = engine.execution_options(isolation_level="REPEATABLE READ")
    with db.session_scope(steady) as session:
        yield session, session.execute(sa.select(sa.func.pg_export_snapshot())).scalar_one()


def _options(url: sa.URL, path: Path | str) -> Sequence[str]:
    plain = url.set(drivername="postgresql", password=None)
    address = plain.render_as_string(hide_password=False)
    return ["--format=custom", "--no-owner", f"--file={path}", f"--dbname={address}"]


def _run(url: sa.URL, command: Sequence[str]) -> None:
    # in the environment, where other users of this machine do not see it
    password = {"PGPASSWORD": str(url.password)} if url.password else {}
    done = subprocess.run(
        command, env={**os.environ, **password}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        reason = done.stderr.strip().rpartition("\n")[2]
        raise errors.BackupFailed(f"pg_dump failed: {reason}", reason=done.stderr.strip())


@contextlib.contextmanager
def _closed(path: Path) -> Iterator[sqlite3.Connection]:
    """A file that is read and not changed."""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        try:
            yield connection
        except sqlite3.Error as error:
            raise errors.ChecksumMismatch(
                f"{path.name} is damaged: {error}", place=str(path)
            ) from error
