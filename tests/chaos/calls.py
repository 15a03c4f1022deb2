"""Requests of somebody who does not give up when nobody answers."""

import contextlib
import time
import uuid
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from netmend.client import Client, ProblemError

PATIENCE_S = 120.0
#: Answers after which the same is asked again.
_NOT_NOW = frozenset({502, 503, 504, 507})
_PAUSE_S = 0.3


class Caller:
    """A client of the API that counts what nobody should be told."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._token = url, token
        headers = {"Authorization": f"Bearer {token}"}
        self._http = httpx.Client(base_url=f"{url}/api/v1", headers=headers, timeout=15)
        #: Answers such as 500.
        self.bad_answers: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def make(self, path: str, body: Any) -> dict[str, Any] | None:
        """What a request made that is sent, with one key, until there is an answer."""
        key = {"Idempotency-Key": str(uuid.uuid4())}
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            response = self.ask("POST", path, json=body, headers=key)
            if response is not None and response.is_success:
                return dict(response.json())
            time.sleep(_PAUSE_S)
        return None

    def upload(self, path: Path) -> str | None:
        """The id of a complete upload of a file."""
        deadline = time.monotonic() + PATIENCE_S
        with Client(self._url, self._token) as client:
            while time.monotonic() < deadline:
                try:
                    return client.uploads.send(path).id
                except ProblemError as error:
                    if error.status is not None and error.status not in _NOT_NOW:
                        self.bad_answers.append(f"upload: {error.status} {error}")
                    time.sleep(_PAUSE_S)
        return None

    def job(self, job_id: str) -> dict[str, Any]:
        """The job as it is now; empty when nobody says."""
        response = self.ask("GET", f"/jobs/{job_id}")
        return dict(response.json()) if response is not None and response.is_success else {}

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response | None:
        """The answer to one request; ``None`` if there is none, or if it is: not now."""
        with contextlib.suppress(httpx.TransportError):
            response = self._http.request(method, path, **more)
            if response.status_code in _NOT_NOW or "idempotency-in-progress" in response.text:
                return None
            if response.status_code not in (200, 202, 409):
                self.bad_answers.append(f"{path}: {response.status_code} {response.text}")
            return response
        return None
