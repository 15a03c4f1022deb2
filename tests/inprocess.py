"""A whole service without a network: the real application, whose jobs are done at once.

Whatever is announced to workers is finished on the spot, with facts or a report that are made up;
what is not announced waits until `Service.work` is called.
"""

from pathlib import Path

import httpx
from sqlalchemy.orm import Session

from core import errors
from core.results import Diagnosis, Suspect
from service import accounts, db, jobs
from service.schemas import JobFilter
from service.settings import Settings
from tests import factories
from web import app as web_app

_DIAGNOSIS = Diagnosis(
    n_classes=10, suspects=(Suspect(label=5, rank=1, is_suspected=True),), n_examined=1, seconds=1.0
)
_FACTS = {"n_classes": 10, "input_shape": [4, 4, 3], "shape": [8, 4, 4, 3], "n": 8}


class Service:
    """The application, and somebody who may do everything."""

    def __init__(self, folder: Path) -> None:
        broker = f"redis+socket://{folder}/nobody.sock"
        settings = Settings(state_folder=folder, broker_url=broker, min_free_bytes=0)
        self.engine = db.make_engine(settings)
        db.upgrade(self.engine)
        self.app = web_app.create_app(settings)
        with db.session_scope(self.engine) as session:
            self.user = accounts.create_user(session, "somebody", "admin")
            self.token = accounts.issue_token(session, self.user, "test", ["admin"])
        #: What to fail the next repairs with, in their order; ``None`` succeeds.
        self.failures: list[errors.ProjectError | None] = []

    @property
    def transport(self) -> httpx.WSGITransport:
        """How a client reaches it."""
        return httpx.WSGITransport(app=self.app)

    def do(self, job_id: str) -> None:
        """Finish a job that waits."""
        with db.session_scope(self.engine) as session:
            claim = jobs.claim(session, job_id, worker_id="w", lease_s=60)
            if claim is not None:
                self._end(session, claim)

    def work(self) -> None:
        """Finish all jobs that wait, the oldest first."""
        waiting = JobFilter(state=("queued",))
        with db.session_scope(self.engine) as session:
            found = jobs.list_jobs(session, waiting, sort="created_at", limit=200).rows
        for job in found:
            self.do(job.id)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()
        self.app.extensions["netmend"].engine.dispose()

    def _end(self, session: Session, claim: jobs.Claim) -> None:
        if claim.kind == "intake":
            jobs.finish(session, claim, jobs.Outcome(facts=_FACTS, canonical_sha256="0" * 64))
            return
        error = self.failures.pop(0) if self.failures else None
        if error is not None:
            jobs.fail(session, claim, error)
            return
        if claim.kind == "diagnose":
            jobs.finish(session, claim, jobs.Outcome(result=_DIAGNOSIS.to_json()))
            return
        report = factories.make_report(attack=claim.request["seed"] / 10)
        jobs.finish(session, claim, jobs.Outcome(reports={"": report}))
