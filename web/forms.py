"""Forms with files (``multipart/form-data``), read as they come in: no file is held in memory.

The fields of a form stand before or behind its file; a file is handed on as a stream, which has to
be read before the next part comes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

import flask
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio import multipart
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from service import errors as service_errors

from . import errors, reading

KIND = "multipart/form-data"

_BLOCK_BYTES = 2**16
_MAX_PARTS = 200
_MAX_FIELD_BYTES = 2**16
#: What a form has beside its files: headers, boundaries, fields.
_ENVELOPE_BYTES = 2**20


@dataclass(frozen=True)
class FilePart:
    """A file of a form, as it comes in."""

    #: Of the field; what people call the file is ``file_name``.
    name: str
    file_name: str
    stream: "_Part"


@dataclass(frozen=True)
class Form:
    """A form that is being read: `files` first, and then `fields`."""

    files: Iterator[FilePart]
    #: Name to values; complete when there are no more files.
    fields: dict[str, list[str]] = field(default_factory=dict)


def is_sent() -> bool:
    """Whether the body of this request is a form with files."""
    return flask.request.mimetype == KIND


def read(*, at_most: int) -> Form:
    """The form of this request; nothing of it has been read yet.

    Args:
        at_most: Bytes that its files may have together.

    Raises:
        RequestEntityTooLarge: It says that it is larger, or turns out to be.
        InvalidRequest: It comes with an ``Idempotency-Key``.
        MalformedRequest: It is not a form, which may show only while its files are read.
    """
    if "Idempotency-Key" in flask.request.headers:
        raise service_errors.InvalidRequest(
            "a form with a file cannot be replayed: announce the upload, and send the file with "
            "PUT or PATCH",
            errors=[{"pointer": "Idempotency-Key", "detail": "does not go with a form"}],
        )
    boundary = flask.request.mimetype_params.get("boundary", "")
    if not boundary:
        raise errors.MalformedRequest("the form does not say what stands between its parts")
    stream = reading.stream(at_most=at_most + _ENVELOPE_BYTES)
    events = _Events(stream, boundary.encode("latin-1", "replace"))
    fields: dict[str, list[str]] = {}
    return Form(_files(events, fields), fields)


def _files(events: "_Events", fields: dict[str, list[str]]) -> Iterator[FilePart]:
    while not isinstance(event := events.next(), Epilogue):
        if isinstance(event, File) and event.filename:
            part = _Part(events)
            yield FilePart(event.name or "", event.filename, part)
            part.skip()
        elif isinstance(event, Field | File):  # a browser sends no file as one without a name
            value = _Part(events).text()
            fields.setdefault(event.name or "", []).append(value)


class _Events:
    """What the decoder finds, with more of the body put into it when it asks for that."""

    def __init__(self, stream: IO[bytes], boundary: bytes) -> None:
        self._stream = stream
        self._decoder = MultipartDecoder(boundary, max_parts=_MAX_PARTS)

    def next(self) -> multipart.Event:
        try:
            while isinstance(event := self._decoder.next_event(), NeedData):
                self._decoder.receive_data(self._stream.read(_BLOCK_BYTES) or None)
        except (ValueError, UnicodeDecodeError, AttributeError) as error:
            raise errors.MalformedRequest(f"the form is not well-formed: {error}") from error
        return event


class _Part:
    """The content of one part, to be read like a file."""

    def __init__(self, events: _Events) -> None:
        self._events = events
        self._rest = b""
        self._is_over = False

    def read(self, size: int, /) -> bytes:
        """Up to so many bytes; none at the end."""
        while not self._rest and not self._is_over:
            event: Any = self._events.next()
            if not isinstance(event, Data):
                raise errors.MalformedRequest("the form is not well-formed: a part has no end")
            self._rest, self._is_over = event.data, not event.more_data
        found, self._rest = self._rest[:size], self._rest[size:]
        return found

    def skip(self) -> None:
        """Read what nobody wanted."""
        while self.read(_BLOCK_BYTES):
            pass

    def text(self) -> str:
        """All of it, which is a field of a form."""
        content = b""
        while chunk := self.read(_BLOCK_BYTES):
            content += chunk
            if len(content) > _MAX_FIELD_BYTES:
                raise RequestEntityTooLarge(f"a field has more than {_MAX_FIELD_BYTES} bytes")
        return content.decode(errors="replace")
