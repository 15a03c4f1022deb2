"""A bucket as storage.

Objects have no lock, so those who store a file and the one who forgets old files meet at a mark:
whoever forgets puts it up first and looks at the age of each file after that; whoever stores a file
that was there already makes it young first and looks for the mark, and for the file, after that.
One of the two always sees the other.
"""

import contextlib
import hashlib
import itertools
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO

from .. import errors
from ..settings import Settings
from . import disks
from .buckets import Bucket, Exists, Missing
from .cache import Cache
from .values import Stored, Unfinished, Watch
from .wholeness import compare

_SHA256 = re.compile(r"[0-9a-f]{64}")
#: So many are forgotten under one mark, which others wait for.
_AT_ONCE = 50
#: A mark that is older was left by a process that died; nobody forgets anything so late.
_STALE_S = 600.0
_DEADLINE_S = 60.0
_PAUSE_S = 0.1
_TRIES = 3


def make(settings: Settings) -> "S3Storage":
    """The storage in the bucket, below the prefix, of ``s3://bucket/prefix``.

    Raises:
        StorageUnavailable: The settings of AWS do not fit together.
    """
    name, _, prefix = settings.storage_url.removeprefix("s3://").partition("/")
    cache = Cache(settings.state_folder / "cache", max_bytes=settings.storage_cache_bytes)
    return S3Storage(Bucket(settings, name), cache, prefix=prefix.strip("/"))


class S3Storage:
    """Objects ``blobs/ab/cd/abcd…`` in a bucket, read by way of a cache on this machine."""

    def __init__(self, bucket: Bucket, cache: Cache, *, prefix: str = "") -> None:
        self._bucket = bucket
        self._cache = cache
        self._root = f"{prefix}/" if prefix else ""

    def put(self, stream: BinaryIO) -> Stored:
        """See `Storage`."""
        with (
            disks.troubles_told("for files on their way to the bucket"),
            self._cache.temporary() as spooled,
        ):
            stored = disks.copy(stream, spooled)
            self._keep(spooled, stored)
        return stored

    def take(self, path: Path, sha256: str) -> Stored:
        """See `Storage`."""
        stored = Stored(sha256=sha256, n_bytes=path.stat().st_size)
        self._keep(path, stored)
        path.unlink()
        return stored

    def open(self, sha256: str, *, watch: Watch | None = None) -> BinaryIO:
        """See `Storage`."""
        return self.path(sha256, watch=watch).open("rb")

    def path(self, sha256: str, *, watch: Watch | None = None) -> Path:
        """See `Storage`."""
        key = self._key(sha256)
        return self._cache.path(sha256, partial(self._fetch, key, watch), watch=watch)

    def copy(self, sha256: str, target: Path) -> Stored:
        """See `Storage`."""
        key = self._key(sha256)
        with disks.troubles_told("for the copy"), disks.removed_after_errors(target):
            self._fetch(key, None, target)
            compare(sha256, disks.hash_file(target))
            return Stored(sha256=sha256, n_bytes=target.stat().st_size)

    def verify(self, sha256: str) -> Stored:
        """See `Storage`."""
        digest = _Digest()
        try:
            self._bucket.receive(self._key(sha256), digest)
        except Missing as error:
            raise _not_found(sha256) from error
        compare(sha256, digest.hexdigest())
        return self._look(sha256)

    def renew(self, sha256: str) -> Stored:
        """See `Storage`."""
        key = self._key(sha256)
        try:
            self._bucket.renew(key)
        except Missing as error:
            raise _not_found(sha256) from error
        self._outlast_mark()
        return self._look(sha256)

    def delete(self, sha256: str) -> None:
        """See `Storage`."""
        self._bucket.remove(self._key(sha256))

    def forget(self, names: Iterable[str], *, older_than_s: float) -> Iterator[Stored]:
        """See `Storage`."""
        waiting = iter(names)
        while some := list(itertools.islice(waiting, _AT_ONCE)):
            yield from self._forget(some, older_than_s)

    def iterate(self) -> Iterator[Stored]:
        """See `Storage`."""
        for found in self._bucket.list(f"{self._root}blobs/"):
            name = found.key.rpartition("/")[2]
            if _SHA256.fullmatch(name):
                yield Stored(sha256=name, n_bytes=found.n_bytes, age_s=found.age_s)

    def unfinished(self, *, older_than_s: float) -> Iterator[Unfinished]:
        """See `Storage`."""
        yield from self._cache.unfinished(older_than_s=older_than_s)
        for parts in self._bucket.list_parts(f"{self._root}blobs/"):
            if parts.age_s >= older_than_s:
                yield Unfinished(n_bytes=0, remove=partial(self._bucket.remove_parts, parts))

    def check(self) -> None:
        """See `Storage`."""
        self._bucket.check()

    def _key(self, sha256: str) -> str:
        if not _SHA256.fullmatch(sha256):  # it came in a request, perhaps
            raise errors.NotFound(f"{sha256!r} is not a SHA-256", sha256=sha256)
        return f"{self._root}blobs/{sha256[:2]}/{sha256[2:4]}/{sha256}"

    @property
    def _mark(self) -> str:
        return f"{self._root}forgetting"

    def _look(self, sha256: str) -> Stored:
        try:
            found = self._bucket.look(self._key(sha256))
        except Missing as error:
            raise _not_found(sha256) from error
        return Stored(sha256=sha256, n_bytes=found.n_bytes, age_s=found.age_s)

    def _fetch(self, key: str, watch: Watch | None, target: Path) -> None:
        try:
            with target.open("wb") as file:
                self._bucket.receive(key, file, watch=watch)
        except Missing as error:
            raise _not_found(key.rpartition("/")[2]) from error

    def _keep(self, path: Path, stored: Stored) -> None:
        """Have the file in the bucket, young, also while somebody forgets old files."""
        key = self._key(stored.sha256)
        for _ in range(_TRIES):
            with contextlib.suppress(Missing, Exists):  # it went, or came, since the look
                if not self._has(stored):
                    return self._bucket.send(path, key, sha256=stored.sha256)
                self._bucket.renew(key)
                self._outlast_mark()
                if self._has(stored):
                    return None
        raise errors.StorageUnavailable(f"{stored.sha256} does not stay in the bucket")

    def _has(self, stored: Stored) -> bool:
        try:
            found = self._bucket.look(self._key(stored.sha256))
        except Missing:
            return False
        if found.n_bytes != stored.n_bytes:  # damaged: it makes way for the right one
            self._bucket.remove(found.key)
        return found.n_bytes == stored.n_bytes

    def _forget(self, names: Sequence[str], older_than_s: float) -> list[Stored]:
        with self._marked():
            deadline = time.monotonic() + _DEADLINE_S
            return [
                found
                for sha256 in names
                if time.monotonic() < deadline
                and (found := self._old(sha256, older_than_s)) is not None
            ]

    def _old(self, sha256: str, older_than_s: float) -> Stored | None:
        """The file, removed, if it is old."""
        with contextlib.suppress(errors.NotFound):
            found = self._look(sha256)
            if found.age_s >= older_than_s:
                self._bucket.remove(self._key(sha256))
                return found
        return None

    @contextlib.contextmanager
    def _marked(self) -> Iterator[None]:
        try:
            self._bucket.claim(self._mark)
        except Exists as error:
            if self._mark_stands():
                raise errors.Conflict(
                    "somebody else is removing old files from the bucket"
                ) from error
            self._bucket.renew(self._mark)
        try:
            yield
        finally:
            self._bucket.remove(self._mark)

    def _outlast_mark(self) -> None:
        while self._mark_stands():
            time.sleep(_PAUSE_S)

    def _mark_stands(self) -> bool:
        try:
            return self._bucket.look(self._mark).age_s < _STALE_S
        except Missing:
            return False


class _Digest:
    """Takes bytes in order and keeps their hash only."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def write(self, chunk: bytes) -> int:
        self._digest.update(chunk)
        return len(chunk)

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


def _not_found(sha256: str) -> errors.NotFound:
    return errors.NotFound(f"there is no stored file {sha256}", sha256=sha256)
