"""The entry point of ``celery -A worker.app worker -Q quick,cpu``; made when it is imported."""

import os

from celery import signals

from core import sandbox
from service import logs, queue
from service.settings import Settings

from . import tasks

settings = Settings()
sandbox.refuse_if_missing(sandbox.offered(), is_required=settings.require_sandbox)
app = queue.make_app(settings)
tasks.define(app, settings)


def _begin_log(**_: object) -> None:
    logs.configure(settings, process="worker")
    # Celery tells people there that it ends; in a log that programs read it would be no line.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


# Early, for what Celery has to say before; and again in its stead, so that it leaves the log alone.
for moment in (signals.celeryd_init, signals.setup_logging):
    moment.connect(_begin_log, weak=False)
