"""Uploads that came to nothing, and what lies of them in the folder of uploads."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from .. import db, references, uploads
from ..db import ago
from ..storage import age_of
from ..tables import Dataset, Model, Upload
from .rounds import Freed, Round


def abandoned_uploads(this: Round) -> Freed:
    """Uploads that were never completed, and that nothing has arrived of for long enough."""
    with db.session_scope(this.engine, read_only=True) as session:
        old = sa.and_(Upload.state == "receiving", Upload.created_at < ago(this.ages.uploads_s))
        found = [row for row in session.scalars(sa.select(Upload).where(old)) if _idle(this, row)]
    n_bytes = sum(uploads.offset(this.settings.upload_folder, row) for row in found)
    if not this.dry_run:
        _remove(this, found)
    return Freed(what="uploads that were never completed", n=len(found), n_bytes=n_bytes)


def unused_uploads(this: Round) -> Freed:
    """Complete uploads that are no model and no data set (any more).

    Their files go in the next round only: somebody may be making a model of one right now.
    """
    used = sa.or_(*(sa.exists().where(table.sha256 == Upload.sha256) for table in (Model, Dataset)))
    with db.session_scope(this.engine, read_only=True) as session:
        old = sa.and_(Upload.state == "complete", Upload.created_at < ago(this.ages.uploads_s))
        rows = session.scalars(sa.select(Upload).where(old, sa.not_(used))).all()
        wanted = references.in_open_jobs(session)
    found = [row for row in rows if row.sha256 not in wanted]
    if not this.dry_run:
        _remove(this, found)
    return Freed(what="uploads that nothing was made of", n=len(found))


def stray_parts(this: Round) -> Freed:
    """Files in the folder of uploads whose row is gone."""
    found = list(_strays(this))
    n_bytes = sum(path.stat().st_size for path in found)
    if not this.dry_run:
        for path in found:
            path.unlink(missing_ok=True)
    return Freed(what="parts of uploads that are gone", n=len(found), n_bytes=n_bytes)


def _idle(this: Round, upload: Upload) -> bool:
    try:
        return age_of(this.settings.upload_folder / upload.id) >= this.ages.uploads_s
    except FileNotFoundError:  # nothing of it has arrived
        return True


def _remove(this: Round, rows: Sequence[Upload]) -> None:
    with db.session_scope(this.engine) as session:
        for row in rows:
            # the state is asked again: it may have been completed since
            same = sa.and_(Upload.id == row.id, Upload.state == row.state)
            session.execute(sa.delete(Upload).where(same))
    with db.session_scope(this.engine, read_only=True) as session:
        left = _known(session, [row.id for row in rows])
    for row in rows:
        if row.id not in left:
            uploads.discard(this.settings.upload_folder, row)


def _strays(this: Round) -> Iterator[Path]:
    folder = this.settings.upload_folder
    old = [
        path
        for path in (folder.iterdir() if folder.is_dir() else ())
        if path.is_file() and age_of(path) >= this.ages.uploads_s
    ]
    with db.session_scope(this.engine, read_only=True) as session:
        known = _known(session, [path.name.partition(".")[0] for path in old])
    return (path for path in old if path.name.partition(".")[0] not in known)


def _known(session: Session, upload_ids: Sequence[str]) -> set[str]:
    query = sa.select(Upload.id).where(Upload.id.in_(upload_ids))
    return set(session.scalars(query))
