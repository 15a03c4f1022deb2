"""What a worker works with, made once a process."""

import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from core import sandbox
from service import db, devices, ids, storage
from service.settings import Settings
from service.storage import Storage
from service.workers import Slot

from .runner import Runner

_NVIDIA = devices.NVIDIA


@dataclass(frozen=True, kw_only=True)
class Services:
    """The places a worker reads from and writes to."""

    settings: Settings
    engine: sa.Engine
    storage: Storage
    runner: Runner
    #: How this worker introduces itself.
    slot: Slot
    #: Whether this worker is to end, and its job to be released.
    is_draining: Callable[[], bool]


def make(
    settings: Settings, *, queues: Sequence[str] = (), is_draining: Callable[[], bool]
) -> Services:
    """The services that the settings name; nothing is connected yet.

    Args:
        settings: The settings.
        queues: Those that the worker listens to.
        is_draining: Whether the worker is to end.
    """
    return Services(
        settings=settings,
        engine=db.make_engine(settings),
        storage=storage.make_storage(settings),
        runner=Runner(settings.job_folder),
        slot=_slot(queues),
        is_draining=is_draining,
    )


def _slot(queues: Sequence[str]) -> Slot:
    return Slot(
        id=ids.new_id(),  # process ids come again, in containers very soon
        host=socket.gethostname(),
        process=os.getpid(),
        queues=tuple(queues),
        device=devices.visible(_NVIDIA) if "gpu" in queues else devices.CPU,
        sandbox=sandbox.offered(),
    )
