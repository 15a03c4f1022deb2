"""Requests to one server: with a token, tried again where that can do no harm."""

import time
import uuid
from collections.abc import Mapping
from typing import Any, TypeVar

import httpx
import pydantic

from . import errors

View = TypeVar("View", bound=pydantic.BaseModel)

_API = "/api/v1"
#: Pauses before a request is tried again; a web server that is restarted is back by then.
_PAUSES_S = (0.2, 0.5, 1.0, 2.0)
_TRIED_AGAIN = frozenset({502, 503, 504})
_READ_S, _CONNECT_S = 60.0, 5.0


class Transport:
    """One server and who we are to it.

    Args:
        url: Address of the server, without a path of the API.
        token: Bearer token; none for what needs none.
        inner: How bytes travel; tests give an application instead of a network.
    """

    def __init__(
        self, url: str, token: str | None, *, inner: httpx.BaseTransport | None = None
    ) -> None:
        self.url = url.rstrip("/")
        headers = {"Accept": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        try:
            self._http = httpx.Client(
                base_url=self.url,
                headers=headers,
                transport=inner,
                timeout=httpx.Timeout(_READ_S, connect=_CONNECT_S),
            )
        except httpx.InvalidURL as error:
            raise errors.ServerUnreachable(f"{url!r} is not an address: {error}") from error
        self.pauses_s = _PAUSES_S

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def get(self, path: str, view: type[View], **query: Any) -> View:
        """What stands at a path."""
        asked = {name: value for name, value in query.items() if value not in (None, (), "")}
        return parsed(self.request("GET", path, params=asked), view)

    def text(self, path: str, **query: Any) -> str:
        """What stands at a path, as text."""
        return self.request("GET", path, params=query, headers={"Accept": "*/*"}).text

    def post(self, path: str, view: type[View], body: pydantic.BaseModel | None = None) -> View:
        """The answer to something that is done once, however often it is sent."""
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        json = None if body is None else body.model_dump(mode="json", exclude_none=True)
        return parsed(self.request("POST", path, json=json, headers=headers), view)

    def delete(self, path: str) -> None:
        """Remove what stands at a path."""
        self.request("DELETE", path)

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """The answer to a request that may be sent twice.

        Raises:
            ServerUnreachable: There is none, after several tries.
            ProblemError: The server refused it.
        """
        for pause_s in self.pauses_s:
            try:
                response = self.send(method, path, **more)
            except errors.ServerUnreachable:
                time.sleep(pause_s)
                continue
            if response.status_code not in _TRIED_AGAIN:
                return checked(response)
            time.sleep(pause_s)
        return checked(self.send(method, path, **more))

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        """The answer to one request, whatever it is.

        Raises:
            ServerUnreachable: There is none.
        """
        try:
            return self._http.request(method, _API + path, **more)
        except (httpx.TransportError, httpx.UnsupportedProtocol) as error:
            raise self.unreachable(error) from error

    def stream(self, path: str, headers: Mapping[str, str]) -> Any:
        """An answer whose body is read in parts; for `with`."""
        return self._http.stream("GET", _API + path, headers=dict(headers))

    def unreachable(self, error: Exception) -> errors.ServerUnreachable:
        """A failure of the network, in our words."""
        reason = str(error) or type(error).__name__
        return errors.ServerUnreachable(
            f"{self.url} does not answer: {reason}",
            hint="is the server running? 'netmend up' starts one here", place=self.url,
        )  # fmt: skip


def checked(response: httpx.Response) -> httpx.Response:
    """The answer, if the server did what it was asked for.

    Raises:
        ProblemError: It did not.
        NotNetmend: What answered does not speak as netmend does.
    """
    if response.is_success:
        return response
    if "problem+json" not in response.headers.get("Content-Type", ""):
        raise errors.NotNetmend(
            f"{response.url} answered {response.status_code}, and not as netmend does",
            status=response.status_code,
            hint="check the address of the server",
        )
    raise errors.from_problem(response.status_code, response.json())


def parsed(response: httpx.Response, view: type[View]) -> View:
    """The body of an answer as a value.

    Raises:
        NotNetmend: It is something else.
    """
    try:
        return view.model_validate_json(response.content)
    except pydantic.ValidationError as error:
        raise errors.NotNetmend(
            f"{response.url} answered something that is no {view.__name__}",
            status=response.status_code,
            hint="client and server may be of different versions",
        ) from error
