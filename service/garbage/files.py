"""Files in storage that no row names, and what processes that died left behind."""

import itertools
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from .. import db, references
from ..storage import Stored
from ..tables import Job, is_live
from .rounds import Freed, Round

#: Files that are looked up in the database at a time.
_AT_ONCE = 500
_ATTEMPT = re.compile(r"(?P<job_id>[0-9a-f-]{36})\.(?P<attempt>[0-9]+)")


def unnamed_files(this: Round) -> Freed:
    """Files that no row names, unless they were stored, or stored again, a short while ago.

    Whoever stores a file writes its row soon after that. So it is known first which files are old,
    then which of them have a row; a file that gets one between, or after, was made young for that,
    and storage does not forget what is young.
    """
    grace_s = this.ages.files_s
    found = list(_unnamed(this))
    if not this.dry_run:
        names = [stored.sha256 for stored in found]
        found = list(this.storage.forget(names, older_than_s=grace_s))
    n_bytes = sum(stored.n_bytes for stored in found)
    return Freed(what="files that no row names", n=len(found), n_bytes=n_bytes)


def unfinished_files(this: Round) -> Freed:
    """Files that were on their way into storage when their process died."""
    found = list(this.storage.unfinished(older_than_s=this.ages.files_s))
    if not this.dry_run:
        for unfinished in found:
            unfinished.remove()
    n_bytes = sum(unfinished.n_bytes for unfinished in found)
    return Freed(what="files that were never finished", n=len(found), n_bytes=n_bytes)


def attempt_folders(this: Round) -> Freed:
    """Folders on this machine of attempts at jobs that are over."""
    parent = this.settings.job_folder
    # The folders first: an attempt gets its folder when its row says already that it is live.
    folders = [path for path in parent.glob("*.*") if _ATTEMPT.fullmatch(path.name)]
    with db.session_scope(this.engine, read_only=True) as session:
        live = session.execute(sa.select(Job.id, Job.attempt).where(is_live())).all()
    needed = {f"{job_id}.{attempt}" for job_id, attempt in live}
    found = [path for path in folders if path.name not in needed]
    n_bytes = sum(_n_bytes(path) for path in found)
    if not this.dry_run:
        for path in found:
            shutil.rmtree(path, ignore_errors=True)  # its worker may be at it, too
    return Freed(what="folders of attempts that are over", n=len(found), n_bytes=n_bytes)


def _unnamed(this: Round) -> Iterator[Stored]:
    old = (stored for stored in this.storage.iterate() if stored.age_s >= this.ages.files_s)
    while some := list(itertools.islice(old, _AT_ONCE)):
        with db.session_scope(this.engine, read_only=True) as session:
            named = references.by_rows(session, [stored.sha256 for stored in some])
            named |= references.in_open_jobs(session)
        yield from (stored for stored in some if stored.sha256 not in named)


def _n_bytes(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())
