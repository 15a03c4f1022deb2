"""What happened to a job."""

from core.results import Event
from service import jobs
from tests import factories


def _told(session, job_id, after=0):
    return [
        (event.seq, event.type, event.data) for event in jobs.events_after(session, job_id, after)
    ]


def test_each_change_of_state_is_an_event(session):
    claim = factories.make_claim(session)
    jobs.start(session, claim)
    jobs.finish(session, claim, jobs.Outcome())
    assert _told(session, claim.job_id) == [
        (1, "state", {"state": "queued"}),
        (2, "state", {"state": "starting", "attempt": 1, "worker_id": "worker"}),
        (3, "state", {"state": "running", "attempt": 1}),
        (4, "state", {"state": "succeeded", "attempt": 1}),
    ]


def test_what_the_work_reports_is_an_event_each(session):
    claim = factories.make_claim(session)
    reported = [Event(stage="prune", current=1, total=2), Event(stage="finetune", message="so")]
    assert jobs.record_events(session, claim, reported)
    told = _told(session, claim.job_id, after=2)
    assert [(seq, kind) for seq, kind, _ in told] == [(3, "progress"), (4, "progress")]
    assert [Event.from_json(data) for *_, data in told] == reported


def test_nobody_who_lost_the_job_reports(session):
    claim = factories.make_claim(session)
    jobs.release(session, claim)
    assert not jobs.record_events(session, claim, [Event(stage="prune")])
    assert len(_told(session, claim.job_id)) == 3


def test_an_event_carries_the_time_of_the_database(session):
    claim = factories.make_claim(session)
    first, second = jobs.events_after(session, claim.job_id)
    assert first.at.utcoffset().total_seconds() == 0
    assert first.at <= second.at


def test_a_page_of_events_is_limited(session):
    claim = factories.make_claim(session)
    jobs.record_events(session, claim, [Event(stage="prune")] * 9)
    assert [event.seq for event in jobs.events_after(session, claim.job_id, 4, limit=3)] == [
        5,
        6,
        7,
    ]
