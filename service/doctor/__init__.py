"""A look at all parts of an installation; each that is not well comes with what to do about it."""

from collections.abc import Callable, Iterator
from functools import partial

import sqlalchemy as sa

from core.errors import ProjectError

from .. import db, storage
from ..errors import InvalidSettings
from ..settings import Settings
from ..settings import misspelled as misspelled_settings
from . import findings, machine, places, servers, work
from .findings import Finding, State

__all__ = ["Finding", "State", "examine", "of_settings"]


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at one part after the other. Nothing is changed, but a file that comes and goes."""
    yield _settings()
    yield places.state_folder(settings)
    yield from _database(settings)
    yield findings.of("broker", partial(servers.broker, settings))
    yield findings.of("storage", lambda: places.files(storage.make_storage(settings), settings))
    yield places.room(settings)
    yield findings.of("sandbox", machine.sandbox)
    yield machine.gpu()


def of_settings(error: ProjectError) -> Finding:
    """What is to be said where the settings themselves are wrong; no more can be looked at."""
    return findings.broken("settings", error)


def _settings() -> Finding:
    misspelled = misspelled_settings()
    if misspelled:
        told = "; ".join(f"{name}: is {meant} meant?" for name, meant in misspelled.items())
        mend = "correct or unset what nobody reads; docs/settings.md lists all there are"
        return findings.warning("settings", told, mend=mend)
    return findings.ok("settings", "as docs/settings.md says")


def _database(settings: Settings) -> Iterator[Finding]:
    """The database, and what only it knows."""
    try:
        wrong = servers.file_of_sqlite(settings)
        if wrong is not None:
            yield wrong
            return
        engine = db.make_engine(settings)
    except InvalidSettings as error:
        yield findings.broken("database", error)
        return
    found = findings.of("database", partial(servers.database, engine))
    yield found
    if found.state == "ok":
        for part, look in _WORK.items():
            yield findings.of(part, partial(_asked, engine, look))
    engine.dispose()


def _asked(engine: sa.Engine, look: Callable[[sa.orm.Session], Finding]) -> Finding:
    with db.session_scope(engine, read_only=True) as session:
        return look(session)


_WORK = {"workers": work.hands, "queues": work.queues, "dispatcher": work.leases}
