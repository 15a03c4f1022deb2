"""Writes down what is to be told, in the transaction in which it happens."""

import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ..db import epoch
from ..tables import Batch, Delivery, Job, Webhook

_OF_JOB = (
    Job.id,
    Job.name,
    Job.state,
    Job.method,
    Job.batch_id,
    Job.verdict,
    Job.clean_accuracy_before,
    Job.clean_accuracy_after,
    Job.attack_success_rate_before,
    Job.attack_success_rate_after,
)
_OF_BATCH = (Batch.id, Batch.name, Batch.n_jobs)


def job_ended(session: Session, job_id: str, owner_id: str) -> None:
    """Tell the webhooks of its owner that a job has ended."""
    _tell(session, owner_id, "job.completed", sa.select(*_OF_JOB).where(Job.id == job_id))


def batch_ended(session: Session, batch_id: str, owner_id: str) -> None:
    """Tell the webhooks of its owner that the last job of a batch has ended."""
    _tell(session, owner_id, "batch.completed", sa.select(*_OF_BATCH).where(Batch.id == batch_id))


def write(session: Session, webhook_id: str, event: str, data: dict[str, Any]) -> Delivery:
    """One message, to be sent at once."""
    moment = datetime.datetime.now(datetime.UTC).isoformat().replace("+00:00", "Z")
    body = {"type": event, "timestamp": moment, "data": data}
    delivery = Delivery(webhook_id=webhook_id, event=event, body=body, next_at=epoch())
    session.add(delivery)
    session.flush()
    return delivery


def _tell(session: Session, owner_id: str, event: str, about: sa.Select[*tuple[Any, ...]]) -> None:
    wanted = sa.select(Webhook.id, Webhook.events).where(
        Webhook.owner_id == owner_id, Webhook.disabled_at.is_(None)
    )
    hooks = [row.id for row in session.execute(wanted) if event in row.events]
    if not hooks:
        return
    data = dict(session.execute(about).one()._mapping)
    for webhook_id in hooks:
        write(session, webhook_id, event, data)
