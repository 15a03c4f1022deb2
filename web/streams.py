"""Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html), capped."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import flask

from . import errors

#: Seconds between two looks for news; without any, a comment keeps proxies from hanging up.
_LOOK_S = 0.5
_COMMENT_S = 15.0
#: Seconds between two looks whether what somebody waits for is over.
_WAIT_LOOK_S = 0.2
#: A stream ends after so long and the client comes back with `Last-Event-ID`: a server that
#: drains, or a client that is gone without a word, then frees its thread.
_STREAM_S = 600.0
#: What clients are told to wait before they come back, in milliseconds.
_RETRY_MS = 2000


@dataclass(frozen=True, kw_only=True)
class Message:
    """One event as a stream carries it."""

    seq: int
    kind: str
    #: JSON in one line.
    data: str

    def encode(self) -> bytes:
        """The event in the words of the standard."""
        return f"id: {self.seq}\nevent: {self.kind}\ndata: {self.data}\n\n".encode()


class Source(Protocol):
    """Where the events of a stream come from."""

    def __call__(self, after: int, /) -> tuple[Sequence[Message], bool]:
        """The events after a sequence number, and whether more may come."""


class Streams:
    """The streams that this process has open; each keeps a thread of the server."""

    def __init__(self, *, at_most: int) -> None:
        self._at_most = at_most
        self._free = threading.BoundedSemaphore(at_most)

    @contextlib.contextmanager
    def room(self) -> Iterator[bool]:
        """For whoever keeps a thread waiting as a stream does: whether there is room for them."""
        is_free = self._free.acquire(blocking=False)
        try:
            yield is_free
        finally:
            if is_free:
                self._free.release()

    def wait(
        self, is_over: Callable[[], bool], *, at_most_s: float, look_s: float = _WAIT_LOOK_S
    ) -> bool:
        """Whether something was over in time; it keeps a thread as a stream does.

        Where there is no room for one more, or the client hangs up, nobody waits.

        Args:
            is_over: Asked again and again.
            at_most_s: How long to wait.
            look_s: Time between two looks.
        """
        connection = flask.request.environ.get("gunicorn.socket")
        deadline = time.monotonic() + at_most_s
        with self.room() as has_room:
            while has_room and not is_over():
                left_s = deadline - time.monotonic()
                if left_s <= 0 or _has_hung_up(connection):
                    return False
                time.sleep(min(look_s, left_s))
        return has_room

    def answer(self, source: Source, *, after: int) -> flask.Response:
        """The events of a source as they come, from a sequence number on.

        Raises:
            TooManyStreams: As many streams are open as there may be.
        """
        if not self._free.acquire(blocking=False):
            raise errors.TooManyStreams(
                f"{self._at_most} event streams are open, which is all there may be",
                hint="ask for the events as JSON, with 'Accept: application/json'",
            )
        connection = flask.request.environ.get("gunicorn.socket")
        events = _follow(source, after, is_gone=lambda: _has_hung_up(connection))
        response = flask.Response(events, mimetype="text/event-stream")
        response.call_on_close(self._free.release)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Accel-Buffering"] = "no"  # nginx would collect what should flow
        return response


def _follow(source: Source, after: int, *, is_gone: Callable[[], bool]) -> Iterator[bytes]:
    yield f"retry: {_RETRY_MS}\n\n".encode()
    clock = time.monotonic
    began = spoke_at = clock()
    while clock() - began < _STREAM_S and not is_gone():
        messages, more_may_come = source(after)
        for message in messages:
            yield message.encode()
            after, spoke_at = message.seq, clock()
        if messages:
            continue
        if not more_may_come:
            return
        if clock() - spoke_at > _COMMENT_S:
            yield b": still here\n\n"
            spoke_at = clock()
        time.sleep(_LOOK_S)


def _has_hung_up(connection: object) -> bool:
    """Whether the client is gone, which without a look would show only at the next write."""
    if type(connection) is not socket.socket:  # another server, or TLS, which cannot be peeked at
        return False
    try:
        return not connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except OSError:
        return True
