"""Who takes jobs."""

import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, now


class Worker(Base):
    """A slot that takes jobs."""

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str]
    process: Mapped[int]
    queues: Mapped[list[str]]
    #: ``cpu``, or the name of a GPU.
    device: Mapped[str]
    #: What its jobs are locked up with: ``landlock_abi`` and ``seccomp``.
    sandbox: Mapped[dict[str, Any] | None]
    job_id: Mapped[str | None]
    is_draining: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime.datetime] = mapped_column(default=now())
    seen_at: Mapped[datetime.datetime] = mapped_column(default=now())
