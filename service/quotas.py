"""What each user may have: bytes, files, open jobs, minutes of GPUs. Nobody asks admins."""

import datetime
import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from . import errors, ids
from .allowances import Allowances
from .db import now, usual
from .tables import Artifact, Dataset, Job, Model, Upload, User, is_live

#: Error to what there is too much of.
_NOUNS: Mapping[type[errors.Forbidden], str] = types.MappingProxyType(
    {
        errors.ByteQuotaExceeded: "bytes that a user may keep",
        errors.FileQuotaExceeded: "files that a user may keep",
        errors.JobQuotaExceeded: "jobs of a user that may wait and run",
        errors.GpuQuotaExceeded: "minutes of GPUs that a user may take in 30 days",
    }
)
#: For so long is what GPUs did remembered.
GPU_DAYS = 30
_MINUTE_S = 60.0
_HELD = "netmend.quotas"


@dataclass(frozen=True, kw_only=True)
class Quota:
    """How much there is of something, and how much there may be."""

    used: float
    #: ``None`` is as much as there is room for.
    most: float | None


def usage(session: Session, user: User, allowances: Allowances) -> Mapping[str, Quota]:
    """Name of each quota (``bytes``, ``files``, ``open_jobs``, ``gpu_minutes``) to what it says."""
    n_files, n_bytes = _files(session, user.id)
    used = {
        "bytes": n_bytes,
        "files": n_files,
        "open_jobs": _open_jobs(session, user.id),
        "gpu_minutes": round(_gpu_minutes(session, user.id), 1),
    }
    most = _most(user, allowances)
    return {name: Quota(used=used[name], most=most[name]) for name in used}


def hold(session: Session, allowances: Allowances) -> None:
    """From now on, refuse in a session what is more than a user may have.

    A session of which nobody said so, such as that of a worker, knows no quotas.
    """
    session.info[_HELD] = allowances


def admit_file(session: Session, user_id: str, *, n_bytes: int, n_files: int = 1) -> None:
    """Go on only if a user may keep so much more.

    Raises:
        ByteQuotaExceeded: There would be too many bytes.
        FileQuotaExceeded: There would be too many files.
    """
    most = _most_of(session, user_id)
    if most is None:
        return
    used_files, used_bytes = _files(session, user_id)
    _check(errors.ByteQuotaExceeded, used_bytes, n_bytes, most["bytes"])
    if n_files:
        _check(errors.FileQuotaExceeded, used_files, n_files, most["files"])


def admit_jobs(session: Session, jobs: Sequence[Job]) -> None:
    """Go on only if the owner of new jobs may have them; an intake is part of its upload.

    Raises:
        JobQuotaExceeded: Too many would wait and run.
        GpuQuotaExceeded: They are for a GPU, and no minute is left.
    """
    counted = [job for job in jobs if job.kind != "intake"]
    most = _most_of(session, counted[0].owner_id) if counted else None
    if most is None:
        return
    user_id = counted[0].owner_id
    _check(errors.JobQuotaExceeded, _open_jobs(session, user_id), len(counted), most["open_jobs"])
    if most["gpu_minutes"] is not None and any(job.queue == "gpu" for job in counted):
        _check(errors.GpuQuotaExceeded, _gpu_minutes(session, user_id), 0, most["gpu_minutes"])


def _most_of(session: Session, user_id: str) -> Mapping[str, float | None] | None:
    """How much a user may have; ``None`` if nobody asks."""
    allowances: Allowances | None = session.info.get(_HELD)
    if allowances is None:
        return None
    # of two who ask at once, the second one counts what the first one made
    user = session.get_one(User, user_id, with_for_update={"key_share": True})
    return None if user.role == "admin" else _most(user, allowances)


def _most(user: User, allowances: Allowances) -> dict[str, float | None]:
    if user.role == "admin":
        return dict.fromkeys(("bytes", "files", "open_jobs", "gpu_minutes"))
    return {
        "bytes": allowances.max_user_bytes,
        "files": allowances.max_user_files,
        "open_jobs": allowances.max_user_open_jobs,
        "gpu_minutes": allowances.max_user_gpu_minutes,
    }


def _check(kind: type[errors.Forbidden], used: float, more: float, most: float | None) -> None:
    if most is None or (used + more <= most if more else used < most):
        return
    raise kind(
        f"of the {most:,.0f} {_NOUNS[kind]} {used:,.0f} are taken",
        quota=kind.code, used=used, expected=most, received=more,
    )  # fmt: skip


def _files(session: Session, user_id: str) -> tuple[int, int]:
    """How many files a user keeps, and how many bytes with what their jobs made.

    The same bytes are kept once, whatever they are called; an upload that is still coming in counts
    with what it said it would be.
    """
    parts = [
        sa.select(
            sa.func.coalesce(table.sha256, table.id).label("file"),
            sa.func.coalesce(table.n_bytes, 0).label("n_bytes"),
        ).where(table.owner_id == user_id)
        for table in (Upload, Model, Dataset)
    ]
    each = sa.union(*parts).subquery()
    largest = (
        sa.select(each.c.file, sa.func.max(each.c.n_bytes).label("n_bytes"))
        .group_by(each.c.file)
        .subquery()
    )
    total = sa.func.coalesce(sa.func.sum(largest.c.n_bytes), 0)
    n_files, n_bytes = session.execute(sa.select(sa.func.count(), total).select_from(largest)).one()
    made = session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(Artifact.n_bytes), 0))
        .join(Job, Job.id == Artifact.job_id)
        .where(Job.owner_id == user_id)
    )
    return int(n_files), int(n_bytes) + int(made or 0)


def _open_jobs(session: Session, user_id: str) -> int:
    # by the states, of which there are indexes of few rows; not by the owner, who may have many
    waits = Job.state.in_([sa.literal("queued", literal_execute=True)])
    mine = sa.and_(usual(Job.owner_id) == user_id, Job.kind != "intake")
    count = sa.select(sa.func.count()).select_from(Job)
    return sum(session.scalar(count.where(part, mine)) or 0 for part in (waits, is_live()))


def _gpu_minutes(session: Session, user_id: str) -> float:
    """From the start of the last attempt to the end of each job, or until now."""
    today = session.scalars(sa.select(now())).one()
    since = today - datetime.timedelta(days=GPU_DAYS)
    mine = sa.and_(
        Job.owner_id == user_id, Job.id >= ids.earliest(since), Job.queue == "gpu",
        Job.started_at.is_not(None),
    )  # fmt: skip
    times = session.execute(sa.select(Job.started_at, Job.finished_at).where(mine))
    seconds = (((end or today) - start).total_seconds() for start, end in times if start)
    return sum(seconds) / _MINUTE_S
