"""Jobs of the application in each state that a page shows."""

import io

from core import errors
from core.results import Event
from service import jobs
from service.artifacts import KeptFile
from service.jobs import Outcome
from tests import factories


def begin(held, job_id, *events):
    with held.session() as session:
        claim = jobs.claim(session, job_id, worker_id="w", lease_s=60)
        jobs.start(session, claim)
        jobs.record_events(session, claim, events)
        jobs.beat(session, claim, lease_s=60, progress=events[-1] if events else None)
        return claim


def succeed(held, job_id, reports=None, files=()):
    claim = begin(held, job_id, Event(stage="package", message="writing the results"))
    outcome = Outcome(reports=reports or {"": factories.make_report()}, files=tuple(files))
    with held.session() as session:
        assert jobs.finish(session, claim, outcome)


def fail(held, job_id, error=None, files=()):
    claim = begin(held, job_id, Event(stage="prune", current=1, total=4))
    error = error or errors.RepairFailed("the loss is NaN", hint="Lower the learning rate.")
    with held.session() as session:
        assert jobs.fail(session, claim, error, files=tuple(files))


def check(held, job_id):
    """An intake that found a model or data set to be all right."""
    claim = begin(held, job_id)
    outcome = Outcome(facts={"n_classes": 4, "n": 10}, canonical_sha256="0" * 64)
    with held.session() as session:
        assert jobs.finish(session, claim, outcome)


def keep(held, name, content):
    stored = held.storage.put(io.BytesIO(content))
    return KeptFile(name=name, sha256=stored.sha256, n_bytes=stored.n_bytes)
