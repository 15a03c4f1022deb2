"""What the views need beside the request: settings, database, storage, queue."""

import contextlib
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import celery
import flask

from service import audit, db, quotas, visibility
from service.accounts import Identity
from service.audit import Actor
from service.settings import Settings
from service.storage import Storage

from .rates import Rates
from .streams import Streams

_NAME = "netmend"

#: Gives sessions that see what the caller of a request may see.
Sessions = Callable[[], contextlib.AbstractContextManager[Any]]

#: Who owns nothing: all that is shown to a request of which nobody knows whose it is.
_NOBODY = ""


@dataclass(frozen=True, kw_only=True)
class Services:
    """Made once, by `app.create_app`."""

    settings: Settings
    #: Opaque here: only the service speaks SQL.
    engine: Any
    storage: Storage
    queue: celery.Celery
    streams: Streams
    rates: Rates

    def session(self, *, read_only: bool = False) -> contextlib.AbstractContextManager[Any]:
        """A session that commits at the end.

        Raises:
            DatabaseUnavailable: The database is away.
        """
        return db.session_scope(self.engine, read_only=read_only)


def give(app: flask.Flask, services: Services) -> None:
    """Let the views of an application use these."""
    app.extensions[_NAME] = services


def current() -> Services:
    """Those of the application that is answering."""
    services: Services = flask.current_app.extensions[_NAME]
    return services


@contextlib.contextmanager
def session(*, read_only: bool = False) -> Iterator[Any]:
    """A session of this request; inside `one_transaction` it is always that one.

    It sees only what the caller may see (`service.visibility`), knows what a user may have
    (`service.quotas`), and who it is that does what is done (`service.audit`).
    """
    shared = flask.g.get("session")
    if shared is not None:
        yield shared
        return
    with _limited(current(), _seen_by(), read_only=read_only) as own:
        quotas.hold(own, current().settings)
        audit.act_as(own, _actor())
        yield own


def readers() -> Sessions:
    """Sessions for reading what the caller may see; they also work after the request has ended."""
    return functools.partial(_limited, current(), _seen_by(), read_only=True)


@contextlib.contextmanager
def one_transaction() -> Iterator[Any]:
    """One session for all that the request does: it is kept as a whole, or not at all."""
    with session() as shared:
        flask.g.session = shared
        try:
            yield shared
        finally:
            flask.g.pop("session")


@contextlib.contextmanager
def _limited(held: Services, owner_id: str | None, *, read_only: bool) -> Iterator[Any]:
    with held.session(read_only=read_only) as own:
        visibility.limit(own, owner_id)
        yield own


def _actor() -> Actor:
    identity: Identity | None = flask.g.get("identity")
    name = audit.NOBODY if identity is None else identity.user_id
    return Actor(name=name, source=flask.request.remote_addr or "")


def _seen_by() -> str | None:
    identity: Identity | None = flask.g.get("identity")
    return _NOBODY if identity is None else identity.sees
