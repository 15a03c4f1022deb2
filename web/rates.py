"""How often somebody may ask: wrong tokens of an address, uploads and jobs of a user.

Counted in the broker's Valkey or Redis, where all web servers see it; without one, and while it is
away, in this process.
"""

import re
import time
from collections.abc import Mapping
from typing import Any

import limits
import structlog
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter

from service import errors as service_errors
from service.settings import Settings

_REDIS = re.compile(r"redis(s|\+socket)?://")
_PREFIX = "netmend_rates"
#: So long may the broker take; then it counts as away, for a while.
_PATIENCE_S, _AWAY_S = 0.5, 30.0

_log = structlog.get_logger(__name__)


class Rates:
    """Counts what is asked; one for each application.

    Args:
        settings: How often each kind may be asked, and where the broker is.
    """

    def __init__(self, settings: Settings) -> None:
        given = {
            "login": settings.login_rate,
            "upload": settings.upload_rate,
            "job": settings.job_rate,
        }
        self._items: Mapping[str, limits.RateLimitItem] = {
            kind: limits.parse(rate) for kind, rate in given.items() if rate
        }
        self._here = MovingWindowRateLimiter(MemoryStorage())
        self._shared = _shared(settings.broker_url)
        self._away_until = 0.0

    def count(self, kind: str, who: str) -> None:
        """Count that somebody asks; go on only if that is not too often.

        Raises:
            RateLimited: It is.
        """
        item = self._items.get(kind)
        if item is not None and not self._ask("hit", item, kind, who):
            raise self._refusal(item, kind, who)

    def check(self, kind: str, who: str) -> None:
        """Go on only if somebody may ask once more; that is not counted.

        Raises:
            RateLimited: They asked too often.
        """
        item = self._items.get(kind)
        if item is not None and not self._ask("test", item, kind, who):
            raise self._refusal(item, kind, who)

    def _ask(self, question: str, item: limits.RateLimitItem, kind: str, who: str) -> bool:
        limiter = self._limiter()
        try:
            return bool(getattr(limiter, question)(item, kind, who))
        except StorageError as error:
            self._away_until = time.monotonic() + _AWAY_S
            _log.warning("rates are counted in this process", reason=str(error))
            return bool(getattr(self._here, question)(item, kind, who))

    def _limiter(self) -> MovingWindowRateLimiter:
        is_away = self._shared is None or time.monotonic() < self._away_until
        return self._here if is_away or self._shared is None else self._shared

    def _refusal(
        self, item: limits.RateLimitItem, kind: str, who: str
    ) -> service_errors.RateLimited:
        try:
            reset_at = self._limiter().get_window_stats(item, kind, who).reset_time
        except StorageError:
            reset_at = time.time() + item.get_expiry()
        wait_s = max(1, round(reset_at - time.time()))
        return service_errors.RateLimited(
            f"more than {item} of this kind; wait {wait_s} s",
            retry_after_s=wait_s, kind=kind, expected=str(item),
        )  # fmt: skip


def _shared(broker_url: str) -> MovingWindowRateLimiter | None:
    found = _REDIS.match(broker_url)
    if found is None:
        return None  # RabbitMQ counts nothing for others
    url = broker_url.replace("redis+socket://", "redis+unix://", 1)
    options: dict[str, Any] = {
        "socket_timeout": _PATIENCE_S,
        "socket_connect_timeout": _PATIENCE_S,
        "retry": None,
    }
    storage = RedisStorage(url, key_prefix=_PREFIX, wrap_exceptions=True, **options)
    return MovingWindowRateLimiter(storage)
