"""Rows and files that nobody needs any more: found, counted and removed.

Safe beside a service that runs, and beside another round.
"""

from collections.abc import Iterator

from . import files, received, rows
from .rounds import DAY_S, Ages, Freed, Round

__all__ = ["DAY_S", "Ages", "Freed", "Round", "collect"]

#: Rows before files, which then have no row any more; uploads last, whose files wait a round.
_STEPS = (
    rows.jobs_in_the_trash,
    rows.old_answers,
    rows.silent_workers,
    rows.old_messages,
    received.abandoned_uploads,
    received.stray_parts,
    files.attempt_folders,
    files.unfinished_files,
    files.unnamed_files,
    received.unused_uploads,
)


def collect(this: Round) -> Iterator[Freed]:
    """Remove what nobody needs any more; what that was, kind by kind, as it goes.

    Raises:
        DatabaseUnavailable: The database is away; what was removed before is gone.
        StorageUnavailable: The storage is away; what was removed before is gone.
        Conflict: Another round is at the files of the same bucket.
    """
    for step in _STEPS:
        yield step(this)
