"""The entry point of ``celery -A worker.app worker -Q quick,cpu``; made when it is imported."""

from service import queue
from service.settings import Settings

from . import tasks

settings = Settings()
app = queue.make_app(settings)
tasks.define(app, settings)
