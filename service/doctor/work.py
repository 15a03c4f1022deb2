"""Whether jobs get done: by whom, and whether somebody sees to it."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from .. import jobs, workers
from ..db import epoch
from ..tables import LIVE, Job
from . import findings
from .findings import Finding

#: Several heartbeats of a worker.
_SEEN_WITHIN_S = 60.0
#: A dispatcher takes a job back within a second or two of the end of its lease.
_OVERDUE_S = 10.0


def hands(session: Session) -> Finding:
    """Which workers were heard of lately."""
    seen = workers.list_workers(session, within_s=_SEEN_WITHIN_S)
    if not seen:
        mend = "start one: 'netmend worker', or 'netmend up' for all at once"
        return findings.warning("workers", "none was heard of in the last minute", mend=mend)
    told = "; ".join(f"{each.host}: {', '.join(each.queues)} on {each.device}" for each in seen)
    return findings.ok("workers", told)


def queues(session: Session) -> Finding:
    """Whether somebody takes the jobs that wait."""
    waiting = {
        name: states["queued"]
        for name, states in jobs.count_by_queue(session).items()
        if states.get("queued")
    }
    seen = workers.list_workers(session, within_s=_SEEN_WITHIN_S)
    served = {name for each in seen if not each.is_draining for name in each.queues}
    unserved = sorted(waiting.keys() - served)
    if unserved:
        told = ", ".join(f"{waiting[name]} in {name!r}" for name in unserved)
        options = " ".join(f"--queue {name}" for name in unserved)
        mend = f"start one: netmend worker {options}"
        return findings.failed("queues", f"jobs wait that no worker takes: {told}", mend=mend)
    return findings.ok("queues", f"{sum(waiting.values())} jobs wait")


def leases(session: Session) -> Finding:
    """Whether somebody takes jobs back from workers that died."""
    overdue = sa.and_(Job.state.in_(LIVE), Job.lease_until < epoch() - _OVERDUE_S)
    n_overdue = session.scalar(sa.select(sa.func.count()).where(overdue)) or 0
    if n_overdue:
        told = f"{n_overdue} jobs are with workers that are not heard of any more"
        return findings.failed("dispatcher", told, mend="start it: netmend dispatcher")
    return findings.ok("dispatcher", "no job is with a worker that is not heard of any more")
