"""Backups: a consistent copy of the database, the list of its files, and the files if wanted."""

import contextlib
import datetime
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from core import output

from .. import errors
from ..storage import Storage, Stored, hash_file
from . import databases, manifests
from .manifests import Database, Manifest

__all__ = ["Database", "Manifest", "make", "verify"]

#: So many damaged files are named in an error.
_NAMED = 10


def make(engine: sa.Engine, storage: Storage, folder: Path, *, with_files: bool) -> Manifest:
    """Back up an installation, which may run meanwhile. The folder appears whole or not at all.

    The database is copied first. What its rows name lay in storage by then, and is never changed.

    Args:
        engine: The database.
        storage: Where its files are.
        folder: Must not exist. Only its owner can read it: there are hashes of tokens in it.
        with_files: Copy the files too, or link them if they lie on the same disk; each is compared
            with its name.

    Raises:
        OutputExists: The folder is there.
        OutputNotWritable: It cannot be made.
        BackupFailed: The database was not copied.
        InsufficientStorage: The disk is full.
        StorageUnavailable: The files cannot be reached.
    """
    with output.staged(folder) as partial:
        dump = databases.dump(engine, partial)
        kept = _kept(storage, dump.names)
        found = list(_copied(storage, kept, partial)) if with_files else kept
        manifests.write_list(partial, found)
        manifest = Manifest(
            made_at=datetime.datetime.now(datetime.UTC),
            database=dump.database,
            n_files=len(found),
            n_bytes=sum(stored.n_bytes for stored in found),
            list_sha256=hash_file(partial / manifests.FILES),
            has_files=with_files,
            lost=tuple(sorted(dump.names - {stored.sha256 for stored in found})),
        )
        manifests.write(partial, manifest)
    folder.chmod(0o700)
    return manifest


def verify(folder: Path) -> Manifest:
    """Read a backup from end to end.

    Raises:
        NotFound: There is none.
        ChecksumMismatch: Something of it is damaged or missing.
    """
    manifest = manifests.read(folder)
    _compare(folder / manifests.FILES, manifest.list_sha256)
    _verify_database(folder, manifest.database)
    if manifest.has_files:
        damaged = [path.name for path in _damaged(folder)]
        if damaged:
            raise errors.ChecksumMismatch(
                f"{len(damaged)} of {manifest.n_files} files in the backup are damaged or missing",
                received=damaged[:_NAMED],
            )
    return manifest


def _kept(storage: Storage, names: frozenset[str]) -> list[Stored]:
    return [stored for stored in storage.iterate() if stored.sha256 in names]


def _copied(storage: Storage, kept: list[Stored], partial: Path) -> Iterator[Stored]:
    for stored in kept:
        target = partial / manifests.FILES_FOLDER / manifests.place_of(stored.sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(errors.NotFound, errors.ChecksumMismatch):  # it counts as lost
            yield storage.copy(stored.sha256, target)


def _verify_database(folder: Path, database: Database) -> None:
    if database.file is None or database.sha256 is None:
        return
    _compare(folder / database.file, database.sha256)
    if database.kind == "sqlite":
        databases.check_sqlite(folder / database.file)


def _damaged(folder: Path) -> Iterator[Path]:
    for stored in manifests.read_list(folder):
        path = folder / manifests.FILES_FOLDER / manifests.place_of(stored.sha256)
        if not path.is_file() or hash_file(path) != stored.sha256:
            yield path


def _compare(path: Path, sha256: str) -> None:
    received = hash_file(path) if path.is_file() else None
    if received != sha256:
        raise errors.ChecksumMismatch(
            f"{path.name} is damaged or missing", expected=sha256, received=received
        )
