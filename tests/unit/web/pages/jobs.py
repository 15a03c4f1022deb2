"""Jobs of the application in each state that a page shows."""

import io

from core import errors
from core.results import Diagnosis, Event, InvertedTrigger, Suspect
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


def diagnose(held, job_id):
    """A diagnosis that suspects class 5, with a picture of its trigger."""
    claim = begin(held, job_id, Event(stage="invert", current=1, total=4))
    picture = keep(held, "triggers/5.png", b"picture")
    outcome = Outcome(result=make_diagnosis().to_json(), files=(picture,))
    with held.session() as session:
        assert jobs.finish(session, claim, outcome)


def make_diagnosis():
    """Class 5 of 43 is suspected."""
    patch = InvertedTrigger(kind="patch", label=5, success=1.0, size=7.0, picture="triggers/5.png")
    reasons = ("a small patch sends all images here",)
    found = Suspect(label=5, rank=1, is_suspected=True, patch=patch, reasons=reasons)
    other = Suspect(label=8, rank=2, is_suspected=False)
    return Diagnosis(n_classes=43, suspects=(found, other), n_examined=2, seconds=1.0)


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
