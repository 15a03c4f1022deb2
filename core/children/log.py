"""What a child writes to standard error: the beginning and the end of it, however much it is."""

from collections import deque

_HALF_BYTES = 2**19


class Log:
    """A text of any length in a megabyte; what is left out of the middle is counted."""

    def __init__(self, *, half_bytes: int = _HALF_BYTES) -> None:
        """An empty log.

        Args:
            half_bytes: How much of the beginning is kept, and how much of the end, about.
        """
        self._half_bytes = half_bytes
        self._head = bytearray()
        self._tail: deque[bytes] = deque()
        self._tail_bytes = 0
        self._left_out_bytes = 0

    def add(self, chunk: bytes) -> None:
        """Take in more text."""
        room = self._half_bytes - len(self._head)
        self._head += chunk[:room]
        if rest := chunk[room:]:
            self._tail.append(rest)
            self._tail_bytes += len(rest)
        while self._tail_bytes - len(self._tail[0] if self._tail else b"") >= self._half_bytes:
            dropped = self._tail.popleft()
            self._tail_bytes -= len(dropped)
            self._left_out_bytes += len(dropped)

    def text(self) -> str:
        """All that was kept, with a line that tells of what was not."""
        head, tail = bytes(self._head), b"".join(self._tail)
        if not self._left_out_bytes:
            return _decoded(head + tail)
        gap = f"… {self._left_out_bytes:,} bytes left out …"
        return f"{_decoded(head)}\n{gap}\n{_decoded(tail)}"

    def end(self, n_bytes: int) -> str:
        """The last so many bytes, as text."""
        return _decoded(b"".join([bytes(self._head), *self._tail])[-n_bytes:])


def _decoded(content: bytes) -> str:
    return content.decode(errors="replace")
