"""The database and the broker."""

from pathlib import Path

import sqlalchemy as sa

from .. import db, errors, queue
from ..settings import Settings
from . import findings, places
from .findings import Finding

_UPGRADE = "run 'netmend db upgrade' with these settings"


def file_of_sqlite(settings: Settings) -> Finding | None:
    """What is wrong with the file of the database before it is opened, if anything is.

    Locks over a network fail, and SQLite then loses what was written.

    Raises:
        InvalidSettings: The URL of the database is malformed.
    """
    path = _sqlite_path(settings)
    if path is None:
        return None
    kind = places.network_disk(path.parent)
    if kind is not None:
        mend = "name a local folder in NETMEND_STATE_FOLDER, or use PostgreSQL"
        return findings.failed("database", f"{path} is on a network disk ({kind})", mend=mend)
    if not path.exists():
        mend = f"'netmend up' makes it; or {_UPGRADE}"
        return findings.failed("database", f"there is no {path} yet", mend=mend)
    return None


def database(engine: sa.Engine) -> Finding:
    """Whether the database answers, and has the tables of this version.

    Raises:
        DatabaseUnavailable: It does not answer.
    """
    if not db.is_current(engine):
        told = f"the tables are not those of this version, {db.newest_version()}"
        return findings.failed("database", told, mend=_UPGRADE)
    address = engine.url.render_as_string(hide_password=True)
    return findings.ok("database", f"{address}, tables {db.newest_version()}")


def broker(settings: Settings) -> Finding:
    """Whether the broker answers.

    Raises:
        QueueUnavailable: It does not.
    """
    queue.check(queue.make_app(settings))
    return findings.ok("broker", "it answers")


def _sqlite_path(settings: Settings) -> Path | None:
    try:
        url = sa.make_url(settings.database_url)
    except sa.exc.ArgumentError as error:
        raise errors.InvalidSettings(
            f"NETMEND_DATABASE_URL: {error}", variables=["NETMEND_DATABASE_URL"]
        ) from error
    is_file = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
    return Path(str(url.database)) if is_file else None
