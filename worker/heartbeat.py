"""Keeps the lease of one attempt, tells its progress, and hears when it is to stop."""

import contextlib
import contextvars
import threading
import time
import types
from collections import deque
from collections.abc import Callable, Sequence
from typing import Self

import structlog

from core.results import Event
from service import db
from service.jobs import Beat

from .endings import CancelWanted, LeaseLost

log = structlog.get_logger()

#: Events wait here while the database is away; beyond so many the oldest are forgotten.
_MAX_EVENTS = 10_000
#: Events that come within this time are written together.
_TOGETHER_S = 0.5
#: Leaves time for a beat, and for the end of a child, within what was promised.
_SOONER = 0.8


class Heartbeat:
    """Beats in a thread of its own, so that nothing the job does can hold it up.

    The lease counts from before the beat that got it, by this machine's clock, which only
    measures how long that was: we give up before the database does, also when it is away.
    """

    def __init__(
        self,
        beat: Callable[[Sequence[Event]], Beat | None],
        *,
        lease_s: float,
        heartbeat_s: float,
        claimed_at: float,
    ) -> None:
        """A heartbeat that does not beat yet; it does as a context.

        Args:
            beat: Writes events down and extends the lease; ``None`` when the lease is lost.
            lease_s: How long the lease holds after a beat.
            heartbeat_s: How often to beat, at least; it beats a little sooner.
            claimed_at: `time.monotonic` just before the job was claimed.
        """
        self._beat = beat
        self._lease_s = lease_s
        self._pause_s = _SOONER * heartbeat_s
        self._held_until = claimed_at + lease_s
        self._cancel_wanted = False
        self._events: deque[Event] = deque(maxlen=_MAX_EVENTS)
        self._news = threading.Event()
        self._over = threading.Event()
        told_by = contextvars.copy_context()  # its lines in the log name the job, as ours do
        self._thread = threading.Thread(
            target=told_by.run, args=(self._run,), name="heartbeat", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: types.TracebackType | None,
    ) -> None:
        self._over.set()
        self._news.set()
        self._thread.join(self._pause_s)  # it may hang in the database; it is a daemon

    def tell(self, event: Event) -> None:
        """Have an event written down, soon."""
        self._events.append(event)
        self._news.set()

    def untold(self) -> list[Event]:
        """The events that are not written down yet; they are the caller's now."""
        events = []
        with contextlib.suppress(IndexError):
            while True:
                events.append(self._events.popleft())
        return events

    def check_lease(self) -> None:
        """Refuse to go on without a lease.

        Raises:
            LeaseLost: It was taken away, or nobody can tell since it ran out.
        """
        if time.monotonic() >= self._held_until:
            raise LeaseLost

    def check(self) -> None:
        """Refuse to go on without a lease, or when the job is to be canceled.

        Raises:
            LeaseLost: As in `check_lease`.
            CancelWanted: Somebody asked for that.
        """
        self.check_lease()
        if self._cancel_wanted:
            raise CancelWanted

    def _run(self) -> None:
        # The first event after a pause is written at once, those after it together; the claim,
        # which was just now, counts as the first beat.
        self._wait_for_news()
        while not self._over.is_set():
            self._beat_once()
            self._over.wait(min(_TOGETHER_S, self._pause_s))
            self._wait_for_news()

    def _wait_for_news(self) -> None:
        self._news.wait(max(0.0, self._pause_s - _TOGETHER_S))
        self._news.clear()

    def _beat_once(self) -> None:
        events, begun_at = self.untold(), time.monotonic()
        try:
            answer = self._beat(events)
        except db.NOT_NOW as error:
            log.warning("heartbeat missed", reason=str(error))
            self._events.extendleft(reversed(events))
            return
        if answer is None:
            self._held_until = 0.0
            self._over.set()
        else:
            self._held_until = begun_at + self._lease_s
            self._cancel_wanted = answer.cancel_requested
