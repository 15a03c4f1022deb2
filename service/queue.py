"""The Celery application, and the one message it carries: the id of a job that waits."""

import celery
import kombu.exceptions

from . import errors
from .settings import Settings

#: Name of the one task; the worker defines it.
TASK = "netmend.work"
#: ``quick`` is for intakes, the others for what trains and measures.
QUEUES = ("quick", "cpu", "gpu")
_TIMEOUT_S = 1.0


def make_app(settings: Settings) -> celery.Celery:
    """The Celery application; it connects to nothing yet.

    A message is acknowledged when it arrives and no result is kept: the row of the job is the
    only truth, so nothing in the broker depends on how long a job runs.
    """
    app = celery.Celery("netmend", broker=settings.broker_url, set_as_current=False)
    is_redis = settings.broker_url.startswith(("redis", "valkey"))
    app.conf.update(
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_acks_late=False,
        task_default_queue="cpu",
        task_create_missing_queues=True,
        worker_prefetch_multiplier=1,
        worker_disable_prefetch=is_redis,  # other brokers know no such thing
        worker_max_tasks_per_child=200,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,  # what is logged is formatted already
        worker_send_task_events=False,
        broker_connection_retry_on_startup=True,
        broker_connection_timeout=_TIMEOUT_S,
        broker_transport_options={**_GIVE_UP_SOON, **(_REDIS_OPTIONS if is_redis else {})},
    )
    return app


def send(app: celery.Celery, queue: str, job_id: str) -> None:
    """Tell the workers of a queue that a job waits; a hint, which may get lost.

    Raises:
        QueueUnavailable: The broker is away. It never takes longer than two seconds to say so.
    """
    try:
        app.send_task(TASK, args=[job_id], queue=queue, retry=False, ignore_result=True)
    except (kombu.exceptions.OperationalError, OSError) as error:
        raise errors.QueueUnavailable(f"the broker did not take the message: {error}") from error


def check(app: celery.Celery) -> None:
    """Make sure that the broker answers; quicker than `send` when it does not.

    Raises:
        QueueUnavailable: The broker is away.
    """
    try:
        with app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0)
    except (kombu.exceptions.OperationalError, OSError) as error:
        raise errors.QueueUnavailable(f"the broker does not answer: {error}") from error


# What a sender does; a worker waits for its broker for ever all the same.
_GIVE_UP_SOON = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}
_REDIS_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_keepalive": True,
    "socket_timeout": 30,
    "socket_connect_timeout": _TIMEOUT_S,
    "health_check_interval": 25,
    "global_keyprefix": "netmend:",
}
