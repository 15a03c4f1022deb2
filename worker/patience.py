"""The storage as an attempt at a job uses it: when it is away, the attempt waits."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TypeVar

import structlog

from service.errors import StorageUnavailable
from service.storage import Storage, Stored, Watch

log = structlog.get_logger()

_PAUSE_S = 1.0
Answer = TypeVar("Answer")


class PatientStorage:
    """Does again what failed because the storage was away; hours of work are worth a wait."""

    def __init__(self, storage: Storage, *, check: Watch, patience_s: float) -> None:
        """A storage for one attempt.

        Args:
            storage: What it stands for.
            check: Ends the wait, by what it raises, when the attempt is over.
            patience_s: How long to wait; the job is then for another time, or another worker.
        """
        self._storage = storage
        self._check = check
        self._patience_s = patience_s

    def put(self, stream: BinaryIO) -> Stored:
        """See `Storage`; the stream can seek."""
        start = stream.tell()

        def put_again() -> Stored:
            stream.seek(start)
            return self._storage.put(stream)

        return self._patiently(put_again)

    def take(self, path: Path, sha256: str) -> Stored:
        """See `Storage`."""
        return self._patiently(lambda: self._storage.take(path, sha256))

    def open(self, sha256: str) -> BinaryIO:
        """See `Storage`."""
        return self._patiently(lambda: self._storage.open(sha256, watch=self._check))

    def path(self, sha256: str) -> Path:
        """See `Storage`."""
        return self._patiently(lambda: self._storage.path(sha256, watch=self._check))

    def _patiently(self, do: Callable[[], Answer]) -> Answer:
        deadline = time.monotonic() + self._patience_s
        while True:
            self._check()
            try:
                return do()
            except StorageUnavailable as error:
                if time.monotonic() >= deadline:
                    raise
                log.warning("the job waits for the storage", reason=str(error))
                time.sleep(_PAUSE_S)
