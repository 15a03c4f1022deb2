"""One class a table. Rows are tables here: a *model* is always a Keras model."""

from .access import IdempotencyKey, Token, User
from .audit import AuditEvent
from .batches import Batch
from .jobs import FINAL, LIVE, Job, is_live
from .records import Artifact, JobEvent, JobInput, JobMetric
from .subjects import Dataset, Model, Upload
from .webhooks import Delivery, Webhook
from .workers import Worker

__all__ = [
    "FINAL",
    "LIVE",
    "Artifact",
    "AuditEvent",
    "Batch",
    "Dataset",
    "Delivery",
    "IdempotencyKey",
    "Job",
    "JobEvent",
    "JobInput",
    "JobMetric",
    "Model",
    "Token",
    "Upload",
    "User",
    "Webhook",
    "Worker",
    "is_live",
]
