"""Which jobs are announced, in which order."""

import pytest
import sqlalchemy as sa

from service import jobs
from service.tables import Job
from tests import factories


def _waiting(session, *, limit=100, resend_after_s=60.0):
    return [
        hint.job_id for hint in jobs.waiting(session, limit=limit, resend_after_s=resend_after_s)
    ]


@pytest.fixture
def owner(session):
    return factories.make_user(session)


def test_a_new_job_is_announced_in_its_queue(session):
    job = factories.make_job(session, queue="gpu")
    assert jobs.waiting(session, limit=9, resend_after_s=60) == [jobs.Hint(job.id, "gpu")]


def test_older_jobs_go_first_and_higher_priority_before_them(session, owner):
    low, one, two, high = (
        factories.make_job(session, owner, priority=priority).id
        for priority in ("low", "normal", "normal", "high")
    )
    assert _waiting(session) == [high, one, two, low]


def test_owners_take_turns(session, owner):
    many = [factories.make_job(session, owner).id for _ in range(3)]
    somebody = factories.make_user(session)
    other = [factories.make_job(session, somebody).id for _ in range(2)]
    assert _waiting(session) == [many[0], other[0], many[1], other[1], many[2]]


def test_an_owner_with_running_jobs_waits_for_the_others(session, owner):
    for _ in range(2):
        factories.make_claim(session, factories.make_job(session, owner))
    mine = [factories.make_job(session, owner).id for _ in range(2)]
    other = factories.make_job(session).id
    assert _waiting(session) == [other, *mine]


def test_a_job_that_was_announced_is_left_alone_for_a_while(session):
    job = factories.make_job(session)
    jobs.mark_sent(session, job.id)
    assert _waiting(session) == []
    assert _waiting(session, resend_after_s=-1) == [job.id]


@pytest.mark.parametrize(("sends", "pauses"), [(1, 1), (2, 2), (3, 4), (4, 8), (9, 8)])
def test_the_pause_between_announcements_doubles_up_to_eight(session, sends, pauses):
    job = factories.make_job(session)
    jobs.mark_sent(session, job.id)
    ago = {"sends": sends, "sent_at": Job.sent_at - pauses * 60.0}
    session.execute(sa.update(Job).values(**ago).execution_options(synchronize_session=False))
    assert _waiting(session, resend_after_s=61) == []
    assert _waiting(session, resend_after_s=59) == [job.id]


def test_only_a_window_is_announced_at_a_time(session, owner):
    first, second, third = (factories.make_job(session, owner).id for _ in range(3))
    assert _waiting(session, limit=2) == [first, second]
    jobs.mark_sent(session, first)
    assert _waiting(session, limit=2) == [second]
    jobs.mark_sent(session, second)
    assert _waiting(session, limit=2) == []
    factories.make_claim(session, jobs.get(session, first))
    assert _waiting(session, limit=2) == [third]


def test_a_window_is_for_each_queue(session, owner):
    cpu, gpu = (factories.make_job(session, owner, queue=queue).id for queue in ("cpu", "gpu"))
    assert _waiting(session, limit=1) == [cpu, gpu]


def test_a_claimed_job_is_not_announced_nor_marked(session):
    claim = factories.make_claim(session)
    jobs.mark_sent(session, claim.job_id)
    assert _waiting(session) == []
    assert jobs.get(session, claim.job_id).sends == 0


def test_the_position_is_the_place_in_the_order_of_announcing(session, owner):
    mine = [factories.make_job(session, owner) for _ in range(2)]
    other = factories.make_job(session)
    assert [jobs.position(session, job) for job in (*mine, other)] == [1, 3, 2]


def test_a_job_that_runs_has_no_position(session):
    claim = factories.make_claim(session)
    assert jobs.position(session, jobs.get(session, claim.job_id)) is None


def test_a_job_that_was_handed_back_is_announced_at_once(session):
    job = factories.make_job(session)
    jobs.mark_sent(session, job.id)
    assert _waiting(session) == []
    jobs.mark_unsent(session, job.id)
    assert _waiting(session) == [job.id]
