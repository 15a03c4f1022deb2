"""Rows that nobody needs any more."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from .. import db, trash
from ..db import Base, ago
from ..tables import Delivery, IdempotencyKey, Job, Worker
from .rounds import DAY_S, Freed, Round


def jobs_in_the_trash(this: Round) -> Freed:
    """Jobs that were thrown away long enough ago; their files go with the files."""
    with db.session_scope(this.engine, read_only=this.dry_run) as session:
        n = (
            _count(session, Job, Job.deleted_at < ago(this.ages.trash_s))
            if this.dry_run
            else trash.purge_older(session, this.ages.trash_s / DAY_S)
        )
    return Freed(what="jobs from the trash", n=n)


def old_answers(this: Round) -> Freed:
    """Answers that were kept for requests that come twice."""
    old = IdempotencyKey.created_at < ago(this.ages.answers_s)
    return Freed(what="kept answers", n=_remove(this, IdempotencyKey, old))


def silent_workers(this: Round) -> Freed:
    """Workers that ended without a farewell."""
    silent = Worker.seen_at < ago(this.ages.workers_s)
    return Freed(what="rows of workers", n=_remove(this, Worker, silent))


def old_messages(this: Round) -> Freed:
    """What was sent to webhooks long ago, or given up."""
    old = sa.and_(Delivery.state != "waiting", Delivery.created_at < ago(this.ages.messages_s))
    return Freed(what="messages of webhooks", n=_remove(this, Delivery, old))


def _remove(this: Round, table: type[Base], condition: sa.ColumnElement[bool]) -> int:
    with db.session_scope(this.engine, read_only=this.dry_run) as session:
        n = _count(session, table, condition)
        if not this.dry_run:
            session.execute(sa.delete(table).where(condition))
    return n


def _count(session: Session, table: type[Base], condition: sa.ColumnElement[bool]) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(table).where(condition)) or 0
