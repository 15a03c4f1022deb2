"""Files that jobs made: stored first, named in rows by whoever wins the job."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from . import errors, visibility
from .storage import Keeper
from .tables import Artifact, Job


@dataclass(frozen=True, kw_only=True)
class KeptFile:
    """A file of a job that lies in storage."""

    #: Path in the folder of results, with forward slashes.
    name: str
    sha256: str
    n_bytes: int


def store(storage: Keeper, folder: Path) -> tuple[KeptFile, ...]:
    """Put all files of a folder into storage; no row tells of them yet.

    Call it outside a session, since it may take long, and hand the result to `jobs.finish`: the
    rows appear only if the attempt still owns the job.

    Raises:
        InsufficientStorage: There is no room for them.
    """
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]
    return tuple(_store(storage, path, path.relative_to(folder).as_posix()) for path in files)


def add(session: Session, job_id: str, attempt: int, files: Sequence[KeptFile]) -> None:
    """Write rows for files that `store` kept."""
    session.add_all(
        Artifact(
            job_id=job_id,
            name=file.name,
            sha256=file.sha256,
            n_bytes=file.n_bytes,
            attempt=attempt,
        )
        for file in files
    )
    session.flush()


def get(session: Session, job_id: str, name: str) -> Artifact:
    """One file of a job.

    Raises:
        NotFound: There is no such job, or it made no such file.
    """
    visibility.find(session, Job, job_id, noun="job")
    artifact = session.get(Artifact, (job_id, name)) if "\x00" not in name else None
    if artifact is None:
        raise errors.NotFound(f"job {job_id} has no file {name!r}", id=job_id, name=name)
    return artifact


def list_artifacts(session: Session, job_id: str) -> list[Artifact]:
    """All files of a job, by name."""
    query = sa.select(Artifact).where(Artifact.job_id == job_id).order_by(Artifact.name)
    return list(session.scalars(query))


def _store(storage: Keeper, path: Path, name: str) -> KeptFile:
    with path.open("rb") as stream:
        stored = storage.put(stream)
    return KeptFile(name=name, sha256=stored.sha256, n_bytes=stored.n_bytes)
