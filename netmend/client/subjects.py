"""Models and data sets of a server: given, checked there, then ready or rejected."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar

import pydantic

from core import errors as core_errors
from service.schemas import (
    DatasetCreate,
    DatasetView,
    ModelCreate,
    ModelView,
    Page,
    SubjectView,
)

from . import errors
from .transport import Transport
from .uploads import OnBytes, Uploads

Subject = TypeVar("Subject", bound=SubjectView)
Item = TypeVar("Item", bound=pydantic.BaseModel)
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.1, 1.0


class Subjects(Generic[Subject]):
    """What models and data sets have in common."""

    path: str
    view: type[Subject]

    def __init__(self, server: Transport, uploads: Uploads) -> None:
        self._server = server
        self._uploads = uploads

    def get(self, subject_id: str) -> Subject:
        """One of them, as it is now."""
        return self._server.get(f"{self.path}/{subject_id}", self.view)

    def list(self) -> Iterator[Subject]:
        """All of them, newest first."""
        return pages(self._server, self.path, self.view)

    def delete(self, subject_id: str) -> None:
        """Forget one that no job needs."""
        self._server.delete(f"{self.path}/{subject_id}")

    def wait(self, subject_id: str, *, timeout_s: float | None = None) -> Subject:
        """One of them when it has been checked, and is ready.

        Raises:
            InvalidInput: It was rejected; the class is that of the reason.
            WaitTimedOut: It is still being checked.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        pause_s = _FIRST_PAUSE_S
        while True:
            found = self.get(subject_id)
            if found.state == "rejected":
                raise core_errors.from_json(found.error or {})
            if found.state == "ready":
                return found
            if deadline is not None and time.monotonic() > deadline:
                raise errors.WaitTimedOut(f"{found.name} is still being checked", place=found.id)
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    def _add(self, body: pydantic.BaseModel) -> Subject:
        return self._server.post(self.path, self.view, body)


class Models(Subjects[ModelView]):
    """The models of a server."""

    path, view = "/models", ModelView

    def add(
        self,
        file: str | Path,
        *,
        name: str | None = None,
        architecture: str | None = None,
        on_bytes: OnBytes = lambda _sent, _total: None,
    ) -> ModelView:
        """Upload a model file; the server checks it then."""
        upload = self._uploads.send(file, on_bytes=on_bytes)
        return self._add(ModelCreate(upload_id=upload.id, name=name, architecture=architecture))


class Datasets(Subjects[DatasetView]):
    """The data sets of a server."""

    path, view = "/datasets", DatasetView

    def add(
        self,
        file: str | Path,
        *,
        on_bytes: OnBytes = lambda _sent, _total: None,
        **options: Any,
    ) -> DatasetView:
        """Upload labelled images; the server checks them then.

        Args:
            file: ``.h5``, ``.npz`` or a zip of class folders.
            on_bytes: Told of the bytes that have arrived, and of all.
            options: The other fields of `service.schemas.DatasetCreate`.
        """
        upload = self._uploads.send(file, on_bytes=on_bytes)
        return self._add(DatasetCreate(upload_id=upload.id, **options))


def pages(server: Transport, path: str, view: type[Item], **query: Any) -> Iterator[Item]:
    """Everything in a list, page by page."""
    cursor = None
    while True:
        page = server.get(path, Page[view], cursor=cursor, **query)  # type: ignore[valid-type]
        yield from page.data
        cursor = page.next
        if cursor is None:
            return
