"""Sends what webhooks are to be told: signed, again if need be, and nowhere it should not go."""

import json
import ssl
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial

import httpcore
import sqlalchemy as sa
import standardwebhooks
import structlog

from service import db, webhooks
from service.settings import Settings
from service.webhooks import Parcel

from .guarding import PrivateAddress, PublicOnly

log = structlog.get_logger()

_PAUSE_S = 1.0
#: Messages at a time: an answer that is long in coming holds up three others at most.
_N_AT_ONCE = 4
_TIMEOUT_S = 15.0
_TIMEOUTS = dict.fromkeys(("connect", "read", "write", "pool"), _TIMEOUT_S)


class Courier:
    """Delivers messages in a thread of its own; usable as a context."""

    def __init__(self, engine: sa.Engine, settings: Settings) -> None:
        """A courier that has not begun."""
        self._engine = engine
        self._settings = settings
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="courier", daemon=True)

    def __enter__(self) -> "Courier":
        if self._settings.webhook_hosts:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        if self._thread.is_alive():
            self._thread.join(_TIMEOUT_S)  # what is on its way is tried again after its lease

    def _work(self) -> None:
        while not self._is_over.wait(_PAUSE_S):
            try:
                go_round(self._engine, self._settings)
            except db.NOT_NOW as error:
                log.warning("courier waits", reason=str(error))


def go_round(engine: sa.Engine, settings: Settings) -> None:
    """Send all that is due, once.

    Raises:
        DatabaseUnavailable: Not all could be sent; the others are in a later round.
        InsufficientStorage: The same.
    """
    with db.session_scope(engine, read_only=True) as session:
        waiting = webhooks.due(session, limit=100)
    if not waiting:
        return
    with pool(settings) as connections, ThreadPoolExecutor(_N_AT_ONCE) as threads:
        list(threads.map(partial(_deliver, engine, connections, settings), waiting))


def pool(settings: Settings) -> httpcore.ConnectionPool:
    """Connections that go where webhooks may go."""
    backend = httpcore.SyncBackend() if settings.webhook_private else PublicOnly()
    return httpcore.ConnectionPool(
        ssl_context=ssl.create_default_context(), network_backend=backend
    )


def headers(parcel: Parcel, content: bytes, moment: datetime) -> Mapping[bytes | str, bytes | str]:
    """What a receiver tells by that a message is ours, and whole.

    Source: Standard Webhooks 1.0.0.
    """
    message_id = f"msg_{parcel.id}"
    hook = standardwebhooks.Webhook(parcel.secret)
    return {
        "content-type": "application/json",
        "user-agent": "netmend",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": hook.sign(message_id, moment, content.decode()),
    }


def _deliver(
    engine: sa.Engine, connections: httpcore.ConnectionPool, settings: Settings, delivery_id: str
) -> None:
    with db.session_scope(engine) as session:
        parcel = webhooks.claim(session, delivery_id)
    if parcel is None:
        return
    status, error = _sent(parcel, connections, settings)
    log.info("webhook sent", delivery=delivery_id, status=status, error=error)
    with db.session_scope(engine) as session:
        webhooks.settle(session, parcel, status=status, error=error)


def _sent(
    parcel: Parcel, connections: httpcore.ConnectionPool, settings: Settings
) -> tuple[int | None, str | None]:
    """The status that was answered, or why there is none.

    Redirects are not followed, and nothing but the status is read.
    """
    host = httpcore.URL(parcel.url).host.decode()
    if not webhooks.is_allowed(host, settings):
        return None, f"no webhooks go to {host} any more"
    content = json.dumps(parcel.body).encode()
    try:
        with connections.stream(
            "POST",
            parcel.url,
            headers=headers(parcel, content, datetime.now(UTC)),
            content=content,
            extensions={"timeout": _TIMEOUTS},
        ) as response:
            return response.status, None
    except PrivateAddress as error:
        return None, str(error)
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
        return None, f"{type(error).__name__}: {error}".removesuffix(": ")
