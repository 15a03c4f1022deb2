"""The database: engine, session scope, the base of all tables, and its clock."""

import contextlib
import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import alembic.command
import alembic.config
import alembic.runtime.migration
import alembic.script
import psycopg
import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.sql.expression import ColumnElement
from sqlalchemy.sql.functions import FunctionElement

from core.errors import ProjectError

from . import errors, sqlite
from .settings import Settings

_MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
#: Any number will do, as long as nobody else takes an advisory lock of that number.
_MIGRATION_LOCK = 0x6E65746D656E64
#: An internal error is told to those whose transaction the server has ended meanwhile.
_TROUBLE = (exc.OperationalError, exc.InternalError, exc.InterfaceError, exc.TimeoutError)
#: So long holds a machine its locks that froze in a transaction; PostgreSQL would wait for ever.
_IDLE_TIMEOUT_MS = 30_000
#: What `session_scope` raises when the database cannot do it now, and may a moment later.
NOT_NOW = (errors.DatabaseUnavailable, errors.InsufficientStorage)


class UtcDateTime(sa.TypeDecorator[datetime.datetime]):
    """Aware UTC times; SQLite, which knows no zones, stores them as text that sorts."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: datetime.datetime | None, dialect: sa.Dialect
    ) -> datetime.datetime | None:
        """Refuse a time without a zone; the database gets UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time needs a zone: {value}")
        utc = value.astimezone(datetime.UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(
        self, value: datetime.datetime | None, dialect: sa.Dialect
    ) -> datetime.datetime | None:
        """The time in UTC, whatever zone the connection is in."""
        if value is None:
            return None
        return value.replace(tzinfo=datetime.UTC) if dialect.name == "sqlite" else _utc(value)


class Base(DeclarativeBase):
    """What all tables share: names of constraints that migrations can rely on."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime.datetime: UtcDateTime,
        dict[str, Any]: sa.JSON,
        list[str]: sa.JSON,
        float: sa.Double,
    }


class now(ColumnElement[datetime.datetime]):  # noqa: N801 - reads like sqlalchemy.func.now
    """This moment by the database's clock, not the start of the transaction."""

    type = UtcDateTime()
    inherit_cache = True


class epoch(ColumnElement[float]):  # noqa: N801 - reads like sqlalchemy.func.now
    """This moment by the database's clock, in seconds since 1970."""

    type = sa.Double()
    inherit_cache = True


class ago(FunctionElement[datetime.datetime]):  # noqa: N801 - reads like sqlalchemy.func.now
    """The moment so many seconds ago by the database's clock; ahead of it if they are negative."""

    type = UtcDateTime()
    inherit_cache = True

    def __init__(self, seconds: float) -> None:
        super().__init__(sa.literal(seconds, sa.Double()))


class usual(FunctionElement[str]):  # noqa: N801 - reads like sqlalchemy.func.now
    """A column of texts, for a condition that lets nearly all rows through.

    SQLite takes any equality for rare, and would rather go by an index of this column than by one
    that sorts, or by the ids that it was given. PostgreSQL knows better.
    """

    type = sa.String()
    inherit_cache = True

    def __init__(self, column: Any) -> None:
        super().__init__(column)


def make_engine(settings: Settings) -> sa.Engine:
    """Connections to the database that the settings name; none is opened yet.

    Raises:
        InvalidSettings: The URL is malformed, or the folder of the file cannot be made.
    """
    try:
        return _engine(settings.database_url)
    except (exc.ArgumentError, exc.NoSuchModuleError, OSError) as error:
        raise errors.InvalidSettings(
            f"NETMEND_DATABASE_URL: {error}", variables=["NETMEND_DATABASE_URL"]
        ) from error


@contextlib.contextmanager
def session_scope(engine: sa.Engine, *, read_only: bool = False) -> Iterator[Session]:
    """A session that commits at the end, or rolls back after an error.

    On SQLite it takes the write lock at once, because a transaction that reads first and writes
    later fails as soon as two of them meet; with ``read_only`` it takes none.

    Raises:
        DatabaseUnavailable: The database is away, or busy for too long.
        InsufficientStorage: Its disk is full.
    """
    bind = engine.execution_options(read_only=True) if read_only else engine
    try:
        with Session(bind, expire_on_commit=False) as session, session.begin():
            yield session
    except _TROUBLE as error:
        raise _unavailable(error) from error


def upgrade(engine: sa.Engine) -> None:
    """Bring the tables to the newest form; two who try at once do it after one another.

    SQLite changes a table by copying it and dropping the old one, and with foreign keys on that
    would delete what refers to it; they are off meanwhile.

    Raises:
        DatabaseUnavailable: The database is away.
    """
    with _connection(engine.execution_options(rebuilds_tables=True)) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        alembic.command.upgrade(_alembic(connection), "head")
        if connection.dialect.name == "sqlite":
            sqlite.tell_sizes(connection)


def is_current(engine: sa.Engine) -> bool:
    """Whether the tables have the form that this version of netmend works with."""
    with _connection(engine.execution_options(read_only=True)) as connection:
        context = alembic.runtime.migration.MigrationContext.configure(connection)
        return context.get_current_revision() == newest_version()


def newest_version() -> str:
    """Name of the form that the tables have in this version of netmend."""
    newest = alembic.script.ScriptDirectory(str(_MIGRATIONS)).get_current_head()
    assert newest is not None
    return newest


def _alembic(connection: sa.Connection) -> alembic.config.Config:
    config = alembic.config.Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@contextlib.contextmanager
def _connection(engine: sa.Engine) -> Iterator[sa.Connection]:
    try:
        with engine.begin() as connection:
            yield connection
    except _TROUBLE as error:
        raise _unavailable(error) from error


def _engine(url: str) -> sa.Engine:
    if url.startswith("sqlite:"):
        return sqlite.make_engine(url)
    engine = sa.create_engine(url, pool_pre_ping=True, pool_size=8, max_overflow=24)
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _prepare_postgresql(connection: psycopg.Connection, _: object) -> None:
    connection.execute(f"SET idle_in_transaction_session_timeout = {_IDLE_TIMEOUT_MS:d}")
    connection.commit()


def _utc(value: datetime.datetime) -> datetime.datetime:
    return value.astimezone(datetime.UTC)


def _unavailable(error: exc.SQLAlchemyError) -> ProjectError:
    reason = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
    if "disk is full" in reason or "No space left" in reason:
        return errors.InsufficientStorage(f"the database cannot grow: {reason}", reason=reason)
    return errors.DatabaseUnavailable(f"the database did not answer: {reason}", reason=reason)


@compiles(now, "postgresql")
def _(*_: Any, **__: Any) -> str:
    return "clock_timestamp()"


@compiles(now, "sqlite")
def _(*_: Any, **__: Any) -> str:
    return "strftime('%Y-%m-%d %H:%M:%f000', 'now')"


@compiles(epoch, "postgresql")
def _(*_: Any, **__: Any) -> str:
    return "extract(epoch from clock_timestamp())"


@compiles(epoch, "sqlite")
def _(*_: Any, **__: Any) -> str:
    # unixepoch('subsec') would be NULL before SQLite 3.42.
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(ago, "postgresql")
def _(element: ago, compiler: Any, **options: Any) -> str:
    return (
        f"clock_timestamp() - make_interval(secs => {compiler.process(element.clauses, **options)})"
    )


@compiles(ago, "sqlite")
def _(element: ago, compiler: Any, **options: Any) -> str:
    seconds = compiler.process(element.clauses, **options)
    # with a sign in any case: what is negative lies ahead
    moved = f"printf('%+f seconds', -({seconds}))"
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', {moved})"


@compiles(usual, "postgresql")
def _(element: usual, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))


@compiles(usual, "sqlite")
def _(element: usual, compiler: Any, **options: Any) -> str:
    return f"+{compiler.process(element.clauses, **options)}"
