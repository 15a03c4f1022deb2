"""Tells people's own programs of jobs and batches that have ended, as Standard Webhooks has it.

What is to be told is written down in the transaction that ends the job, so that neither is without
the other; `worker.courier` sends it. See https://www.standardwebhooks.com
"""

from .addresses import is_allowed
from .deliveries import Parcel, claim, due, list_deliveries, redeliver, settle
from .hooks import add, get, list_webhooks, ping, remove
from .outbox import batch_ended, job_ended

__all__ = [
    "Parcel",
    "add",
    "batch_ended",
    "claim",
    "due",
    "get",
    "is_allowed",
    "job_ended",
    "list_deliveries",
    "list_webhooks",
    "ping",
    "redeliver",
    "remove",
    "settle",
]
