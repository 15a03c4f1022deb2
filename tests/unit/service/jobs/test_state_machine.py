"""Whatever two workers, their lost leases, a canceling owner and sweepers do, in any order."""

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from core import errors
from core.results import Event
from service import db, jobs
from service.errors import JobNotCancelable
from service.jobs import Outcome
from service.tables import FINAL, LIVE, Job, JobEvent
from tests import factories

MAX_LOSSES = 3


class TwoWorkers(RuleBasedStateMachine):
    """One job, two workers that never forget a claim, and time that jumps."""

    engine: sa.Engine
    claims = Bundle("claims")

    @initialize()
    def submit(self):
        self.ends, self.tokens = [], []
        self.final = None
        with db.session_scope(self.engine) as session:
            self.job_id = factories.make_job(session).id

    @rule(target=claims, worker=st.sampled_from(["one", "two"]))
    def claim(self, worker):
        before = self._job().state
        claim = self._do(jobs.claim, self.job_id, worker_id=worker, lease_s=60)
        assert (claim is not None) == (before == "queued")
        if claim is None:
            return multiple()
        self.tokens.append(claim.attempt)
        return claim

    @rule(claim=claims)
    def start(self, claim):
        could = self._owns(claim) and self._job().state == "starting"
        assert self._do(jobs.start, claim) == could

    @rule(claim=claims)
    def beat(self, claim):
        owned = self._owns(claim)
        beat = self._do(jobs.beat, claim, lease_s=60, progress=Event(stage="prune", current=1))
        assert (beat is not None) == owned
        assert beat is None or beat.cancel_requested == (self._job().state == "canceling")

    @rule(claim=claims, count=st.integers(0, 3))
    def report(self, claim, count):
        owned = self._owns(claim)
        events = [Event(stage="prune", current=number) for number in range(count)]
        assert self._do(jobs.record_events, claim, events) == (owned or count == 0)

    @rule(claim=claims)
    def finish(self, claim):
        could = self._owns(claim) and self._job().state != "canceling"
        outcome = Outcome(reports={"": factories.make_report()})
        done = self._do(jobs.finish, claim, outcome)
        assert done == could
        self.ends += ["finish"] * done

    @rule(claim=consumes(claims))
    def fail(self, claim):
        owned = self._owns(claim)
        assert self._do(jobs.fail, claim, errors.TrainingDiverged()) == owned
        self.ends += ["fail"] * owned

    @rule(claim=claims)
    def release(self, claim):
        owned = self._owns(claim)
        assert self._do(jobs.release, claim) == owned

    @rule(claim=claims)
    def lose(self, claim):
        owned = self._owns(claim)
        assert self._do(jobs.lose, claim, max_losses=MAX_LOSSES) == owned

    @rule(claim=claims)
    def stop(self, claim):
        could = self._owns(claim) and self._job().state == "canceling"
        assert self._do(jobs.canceled, claim) == could

    @rule()
    def cancel(self):
        is_final = self._job().state in ("succeeded", "failed")
        try:
            self._do(jobs.cancel, self.job_id)
        except JobNotCancelable:
            assert self._job().state in FINAL
        else:
            assert not is_final

    @rule()
    def expire(self):
        live = sa.update(Job).where(Job.id == self.job_id, Job.state.in_(LIVE))
        with db.session_scope(self.engine) as session:
            session.execute(live.values(lease_until=0.0))

    @rule()
    def sweep(self):
        job = self._job()
        swept = self._do(jobs.sweep, max_losses=MAX_LOSSES)
        found = [*swept.requeued, *swept.failed, *swept.canceled]
        assert found == [self.job_id] * (job.state in LIVE and job.lease_until == 0)

    @invariant()
    def tokens_are_given_out_once(self):
        assert self.tokens == sorted(set(self.tokens))

    @invariant()
    def it_finishes_at_most_once(self):
        assert len(self.ends) <= 1

    @invariant()
    def an_end_is_for_ever(self):
        state = self._job().state
        assert self.final in (None, state)
        self.final = state if state in FINAL else None

    @invariant()
    def a_lease_and_an_owner_go_together(self):
        job = self._job()
        assert (job.lease_until is not None) == (job.state in LIVE)
        assert job.losses <= MAX_LOSSES

    @invariant()
    def events_are_numbered_without_gaps(self):
        query = sa.select(JobEvent.seq).where(JobEvent.job_id == self.job_id)
        with db.session_scope(self.engine, read_only=True) as session:
            numbers = session.scalars(query.order_by(JobEvent.seq)).all()
        assert numbers == list(range(1, self._job().n_events + 1))

    def _owns(self, claim):
        job = self._job()
        return job.attempt == claim.attempt and job.state in LIVE

    def _job(self):
        with db.session_scope(self.engine, read_only=True) as session:
            return jobs.get(session, self.job_id)

    def _do(self, action, *arguments, **options):
        with db.session_scope(self.engine) as session:
            return action(session, *arguments, **options)


def test_there_are_never_two_owners_and_never_two_ends(engine):
    class Machine(TwoWorkers):
        pass

    Machine.engine = engine
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
