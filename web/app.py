"""The web application: `create_app` puts it together, `from_environment` is for servers."""

import functools
import gc
import urllib.parse

import flask

from service import census, db, queue, storage
from service.census import Census
from service.settings import Settings

from . import api, error_pages, metrics, openid, pages, request_log, security, services, sessions
from .rates import Rates
from .services import Services
from .streams import Streams

#: Largest body of a request; only the view that receives uploads takes more.
_MAX_BODY_BYTES = 1024 * 1024


def create_app(settings: Settings) -> flask.Flask:
    """The application with these settings; opens no connection before the first request."""
    app = flask.Flask("web", static_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=_MAX_BODY_BYTES,
        TRUSTED_HOSTS=_hosts(settings),
    )
    held = Services(
        settings=settings,
        engine=db.make_engine(settings),
        storage=storage.make_storage(settings),
        queue=queue.make_app(settings),
        streams=Streams(at_most=settings.max_streams),
        rates=Rates(settings),
    )
    services.give(app, held)
    metrics.register(app, functools.partial(_census, held))
    security.register(app)
    request_log.register(app)
    sessions.register(app, settings)
    openid.register(app, settings)
    error_pages.register(app)
    api.register(app)
    pages.register(app)
    return app


def from_environment() -> flask.Flask:
    """What a server starts: ``gunicorn 'web.app:from_environment()'``."""
    app = create_app(Settings())
    # What is here now stays; to look through all of it again and again is a pause in a request.
    gc.freeze()
    return app


def _hosts(settings: Settings) -> list[str] | None:
    """What requests may be for: else a page of a foreign name that leads here could ask us."""
    if "*" in settings.trusted_hosts:
        return None
    ours = urllib.parse.urlsplit(settings.public_url or "").hostname
    return [*settings.trusted_hosts, *([ours] if ours else [])]


def _census(held: Services) -> Census:
    with held.session(read_only=True) as session:
        return census.take(session)
