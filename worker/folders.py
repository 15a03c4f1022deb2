"""The folder that one attempt at a job works in; nothing of it outlives the attempt."""

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core import errors


@dataclass(frozen=True)
class JobFolder:
    """The parts of the folder of one attempt."""

    root: Path

    @property
    def inputs(self) -> Path:
        """Canonical folders to work on, by role."""
        return self.root / "inputs"

    @property
    def results(self) -> Path:
        """What the attempt makes and wants kept."""
        return self.root / "results"


@dataclass(frozen=True, kw_only=True)
class AttemptFound:
    """The folder of an attempt, which may be over."""

    job_id: str
    attempt: int
    path: Path


def attempts_in(parent: Path) -> list[AttemptFound]:
    """The folders of all attempts that there are."""
    found = ((*path.name.rpartition("."), path) for path in parent.glob("*.*"))
    return [
        AttemptFound(job_id=job_id, attempt=int(attempt), path=path)
        for job_id, _, attempt, path in found
        if attempt.isdecimal()
    ]


@contextlib.contextmanager
def attempt_folder(parent: Path, job_id: str, attempt: int) -> Iterator[JobFolder]:
    """A new folder for one attempt; those of earlier attempts, whose worker died, are removed.

    Raises:
        OutputNotWritable: The disk is full, or does not let us.
    """
    for earlier in range(attempt):
        shutil.rmtree(parent / f"{job_id}.{earlier}", ignore_errors=True)
    folder = JobFolder(parent / f"{job_id}.{attempt}")
    try:
        for part in (folder.inputs, folder.results):
            part.mkdir(parents=True)
    except OSError as error:
        raise errors.OutputNotWritable(
            f"the folder of the job cannot be made: {error.strerror}", place=str(folder.root)
        ) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder.root, ignore_errors=True)
