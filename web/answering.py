"""Last step of every view: a value as a response."""

import base64
import hashlib
import urllib.parse
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

import flask
import pydantic
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import wrap_file

from service.paging import Rows
from service.schemas import Page

#: Kind of a file of which nobody says what it is.
BYTES = "application/octet-stream"
#: How much of the hash of a body stands in its ETag.
_ETAG_DIGITS = 16


def view(value: pydantic.BaseModel, *, status: int = 200, **headers: str) -> flask.Response:
    """A value as JSON; the names of headers are given with underscores (``upload_offset=``)."""
    response = flask.Response(value.model_dump_json(), status, mimetype="application/json")
    return _with(response, headers)


def text(lines: Iterable[str], **headers: str) -> flask.Response:
    """Lines for people."""
    content = "".join(f"{line}\n" for line in lines)
    return _with(flask.Response(content, mimetype="text/plain"), headers)


def cacheable(
    response: flask.Response, *, version: int | None = None, in_parts: bool = False
) -> flask.Response:
    """The response with an ETag; 304 without a body where the caller has it already.

    Args:
        response: What to answer.
        version: Of what can be edited; stands first in the ETag, so that `reading.version` finds
            it when the caller sends the ETag back with an edit.
        in_parts: Whether to answer with the part that ``Range`` asks for.

    Raises:
        RequestedRangeNotSatisfiable: There is no such part.
    """
    digest = hashlib.sha256(response.get_data()).hexdigest()[:_ETAG_DIGITS]
    response.set_etag(digest if version is None else f"{version}-{digest}")
    response.headers["Cache-Control"] = "private, no-cache"
    n_bytes = len(response.get_data())
    response.make_conditional(flask.request, accept_ranges=in_parts, complete_length=n_bytes)
    return response


def page(rows: Rows[Any], told: Any, *, total: int | None = None) -> flask.Response:
    """One page of a list, as `listed` answers it.

    Args:
        rows: What the service found.
        told: The schema whose ``of`` makes a view of a row.
        total: How many rows there are on all pages, where that is known.
    """
    views = [told.of(row) for row in rows.rows]
    return listed(Page[told](data=views, next=rows.next, total=total))


def listed(found: Page[Any]) -> flask.Response:
    """One page of a list; the next one is in ``next`` and in the ``Link`` header (RFC 8288)."""
    response = view(found)
    if found.next is not None:
        response.headers["Link"] = f'<{_address_with(found.next)}>; rel="next"'
    return cacheable(response)


def file(stream: BinaryIO, *, sha256: str, n_bytes: int, name: str, kind: str) -> flask.Response:
    """A stored file, or the part of it that ``Range`` asks for.

    It is always offered as a download: what somebody uploaded is never shown as a page of ours.

    Args:
        stream: The file, at its start; closed after the answer.
        sha256: Of the content; it is the ETag and ``Repr-Digest``.
        n_bytes: Size of the whole file.
        name: What the caller may call it.
        kind: Media type.

    Raises:
        RequestedRangeNotSatisfiable: The file has no such part.
    """
    response = flask.Response(
        wrap_file(flask.request.environ, stream), mimetype=kind, direct_passthrough=True
    )
    response.content_length = n_bytes
    response.set_etag(sha256)
    digest = base64.b64encode(bytes.fromhex(sha256)).decode()
    response.headers["Repr-Digest"] = f"sha-256=:{digest}:"
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.call_on_close(stream.close)
    try:
        response.make_conditional(flask.request, accept_ranges=True, complete_length=n_bytes)
    except RequestedRangeNotSatisfiable:
        stream.close()
        raise
    return response


def nothing(**headers: str) -> flask.Response:
    """Done, and nothing to say."""
    return _with(flask.Response(status=204), headers)


def _with(response: flask.Response, headers: Mapping[str, str]) -> flask.Response:
    for name, content in headers.items():
        response.headers[name.replace("_", "-").title()] = content
    return response


def _address_with(cursor: str) -> str:
    """The address of this request, but for another page."""
    arguments = flask.request.args.to_dict(flat=False) | {"cursor": [cursor]}
    return f"{flask.request.path}?{urllib.parse.urlencode(arguments, doseq=True)}"
