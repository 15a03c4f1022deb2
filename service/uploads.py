"""Files on their way in. Bytes are received outside of any session: it may take an hour.

How far an upload has got is the size of its file, which is true also after a crash.
"""

import contextlib
import fcntl
import hashlib
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from . import audit, errors, quotas, storage
from .storage import Storage, Stored
from .tables import Upload

_CHUNK_BYTES = 1 << 20
#: How often the room on the disk is looked at while bytes come in.
_LOOK_EVERY_BYTES = 64 << 20


class Readable(Protocol):
    """A stream of bytes, such as the body of a request."""

    def read(self, size: int, /) -> bytes:
        """Up to so many bytes; none at the end."""
        ...


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How large an upload may become."""

    max_bytes: int
    #: Room that it has to leave on the disk.
    min_free_bytes: int = 0


def create(
    session: Session,
    owner_id: str,
    file_name: str,
    *,
    n_bytes: int | None = None,
    max_bytes: int,
) -> Upload:
    """A new upload, nothing of which has arrived.

    Raises:
        UploadTooLarge: It says that it will be larger than it may.
        ByteQuotaExceeded, FileQuotaExceeded: Its owner keeps as much as a user may keep.
    """
    if n_bytes is not None and n_bytes > max_bytes:
        raise _too_large(max_bytes)
    quotas.admit_file(session, owner_id, n_bytes=n_bytes or 0)
    upload = Upload(owner_id=owner_id, file_name=file_name, n_bytes=n_bytes)
    session.add(upload)
    session.flush()
    return upload


def get(session: Session, upload_id: str, *, owner_id: str | None = None) -> Upload:
    """The upload as it is now; of one owner, or of anybody.

    Raises:
        NotFound: There is none, or it is somebody else's.
    """
    upload = None if "\x00" in upload_id else session.get(Upload, upload_id, populate_existing=True)
    if upload is None or owner_id not in (None, upload.owner_id):
        raise errors.NotFound(f"there is no upload {upload_id}", id=upload_id)
    return upload


def of_file(session: Session, sha256: str, *, owner_id: str) -> Upload:
    """A complete upload of these bytes, of which there may be several.

    Raises:
        NotFound: There is none (any more): they have to be sent again.
    """
    same = sa.and_(Upload.owner_id == owner_id, Upload.sha256 == sha256, Upload.state == "complete")
    found = session.scalars(sa.select(Upload).where(same).order_by(Upload.id).limit(1)).first()
    if found is None:
        raise errors.NotFound("the file is not here any more; send it again", sha256=sha256)
    return found


def offset(folder: Path, upload: Upload) -> int:
    """How many bytes have arrived."""
    if upload.state == "complete":
        return upload.n_bytes or 0
    path = _partial(folder, upload)
    return path.stat().st_size if path.exists() else 0


def check_open(folder: Path, upload: Upload) -> None:
    """Refuse bytes for an upload that has all.

    Raises:
        Conflict: The upload is complete.
    """
    if upload.state == "complete" or _note(folder, upload).exists():
        raise errors.Conflict(f"upload {upload.id} is complete", id=upload.id)


def append(folder: Path, upload: Upload, stream: Readable, *, start: int, limits: Limits) -> int:
    """Write bytes at the end of an upload. What was written stays, also when the stream breaks.

    Args:
        folder: `Settings.upload_folder`.
        upload: A row that was read before; it is not changed.
        stream: Read to its end, a chunk at a time.
        start: Where the sender believes that the bytes belong.
        limits: How large it may become.

    Returns:
        How many bytes have arrived by now.

    Raises:
        Conflict: The upload is complete, or somebody else is sending bytes to it.
        UploadOffsetMismatch: The bytes belong somewhere else.
        UploadTooLarge: There are more bytes than were announced, or than are allowed.
        InsufficientStorage: The disk is full, or would become so.
    """
    check_open(folder, upload)
    most = limits.max_bytes if upload.n_bytes is None else min(upload.n_bytes, limits.max_bytes)
    with _opened(folder, upload) as file:
        end = file.seek(0, os.SEEK_END)
        if start != end:
            raise errors.UploadOffsetMismatch(
                f"the upload has {end} bytes, so the next ones start there, not at {start}",
                expected=end, received=start,
            )  # fmt: skip
        try:
            return _receive(file, stream, most, limits.min_free_bytes)
        finally:
            _flush(file)


def store(folder: Path, kept: Storage, upload: Upload, *, sha256: str | None = None) -> Stored:
    """Move all that has arrived into storage; `complete` then says so in the row.

    It can be done again after a crash, whatever had been done of it.

    Args:
        folder: `Settings.upload_folder`.
        kept: Where files are kept.
        upload: A row that was read before; it is not changed.
        sha256: What the bytes should be, if the sender knows.

    Raises:
        Conflict: Somebody is still sending bytes to it.
        UploadIncomplete: Fewer bytes have arrived than were announced, or none.
        ChecksumMismatch: They are others; the bytes are thrown away, to be sent again.
    """
    if upload.state == "complete" and upload.sha256 is not None:
        return _same(Stored(sha256=upload.sha256, n_bytes=upload.n_bytes or 0), sha256)
    moved = _moved(folder, kept, upload)
    if moved is not None:
        return _same(moved, sha256)
    with _opened(folder, upload) as file:
        return _store(folder, kept, upload, file, sha256=sha256)


def complete(session: Session, upload_id: str, stored: Stored) -> Upload:
    """The upload lies in storage.

    Raises:
        NotFound: There is no such upload.
        ByteQuotaExceeded: Nobody said how large it would be, and its owner may not keep it.
    """
    upload = get(session, upload_id)
    if upload.n_bytes is None:
        quotas.admit_file(session, upload.owner_id, n_bytes=stored.n_bytes, n_files=0)
    upload.state, upload.sha256, upload.n_bytes = "complete", stored.sha256, stored.n_bytes
    session.flush()
    audit.record(session, "upload.complete", audit.Thing("upload", upload.id, stored.sha256))
    return upload


def delete(session: Session, upload_id: str) -> None:
    """Forget an upload; models and data sets that it became stay. `discard` frees its bytes."""
    session.execute(sa.delete(Upload).where(Upload.id == upload_id))
    audit.record(session, "upload.delete", audit.Thing("upload", upload_id))


def discard(folder: Path, upload: Upload) -> None:
    """Remove what is left in the folder of an upload that is complete, or not wanted any more."""
    _partial(folder, upload).unlink(missing_ok=True)
    _note(folder, upload).unlink(missing_ok=True)


def _receive(file: io.BufferedRandom, stream: Readable, most: int, min_free_bytes: int) -> int:
    end = file.tell()
    looked_at = None
    while chunk := stream.read(_CHUNK_BYTES):
        if end + len(chunk) > most:
            raise _too_large(most)
        if looked_at is None or end - looked_at >= _LOOK_EVERY_BYTES:
            _flush(file)  # a whole file at once would keep all others waiting for the disk
            _refuse_full_disk(file, min_free_bytes)
            looked_at = end
        file.write(chunk)
        end += len(chunk)
    return end


def _store(
    folder: Path, kept: Storage, upload: Upload, file: io.BufferedRandom, *, sha256: str | None
) -> Stored:
    n_bytes = file.seek(0, os.SEEK_END)
    if n_bytes == 0 or (upload.n_bytes is not None and n_bytes < upload.n_bytes):
        raise errors.UploadIncomplete(
            f"{n_bytes} bytes have arrived, of {upload.n_bytes or 'at least 1'}",
            expected=upload.n_bytes, received=n_bytes,
        )  # fmt: skip
    file.seek(0)
    received = hashlib.file_digest(file, "sha256").hexdigest()
    try:
        _same(Stored(sha256=received, n_bytes=n_bytes), sha256)
    except errors.ChecksumMismatch:
        file.truncate(0)
        raise
    # from here on nothing more is appended, and the file is found again wherever a crash leaves it
    _note(folder, upload).write_text(received)
    return kept.take(_partial(folder, upload), received)


def _moved(folder: Path, kept: Storage, upload: Upload) -> Stored | None:
    """What an earlier `store` moved, before it could be told."""
    note = _note(folder, upload)
    if not note.exists():
        return None
    sha256, partial = note.read_text(), _partial(folder, upload)
    if partial.exists() and len(sha256) == 64 and storage.hash_file(partial) == sha256:
        return kept.take(partial, sha256)
    try:
        return kept.renew(sha256)  # it may have lain there for long, and no row names it yet
    except errors.NotFound:
        note.unlink()  # it was cut short while it was written
        return None


def _same(stored: Stored, sha256: str | None) -> Stored:
    if sha256 not in (None, stored.sha256):
        raise errors.ChecksumMismatch(
            "the bytes that arrived are not those of the checksum; send them again",
            expected=sha256, received=stored.sha256,
        )  # fmt: skip
    return stored


@contextlib.contextmanager
def _opened(folder: Path, upload: Upload) -> Iterator[io.BufferedRandom]:
    """The file of an upload, which nobody else has open like this; closing it writes, too."""
    with storage.full_disk_told("for uploads"), _appended(folder, upload) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise errors.Conflict(
                f"bytes are being sent to upload {upload.id} already", id=upload.id
            ) from error
        yield file


def _appended(folder: Path, upload: Upload) -> io.BufferedRandom:
    folder.mkdir(parents=True, exist_ok=True)
    return _partial(folder, upload).open("ab+")


def _flush(file: io.BufferedRandom) -> None:
    file.flush()
    os.fsync(file.fileno())


def _refuse_full_disk(file: io.BufferedRandom, min_free_bytes: int) -> None:
    facts = os.fstatvfs(file.fileno())
    free = facts.f_bavail * facts.f_frsize
    if free < min_free_bytes + _CHUNK_BYTES:
        raise errors.InsufficientStorage(
            f"{free} bytes are free, and {min_free_bytes} have to stay free",
            expected=min_free_bytes, received=free,
        )  # fmt: skip


def _too_large(max_bytes: int) -> errors.UploadTooLarge:
    return errors.UploadTooLarge(f"the limit is {max_bytes} bytes", expected=max_bytes)


def _partial(folder: Path, upload: Upload) -> Path:
    return folder / upload.id


def _note(folder: Path, upload: Upload) -> Path:
    return folder / f"{upload.id}.sha256"
