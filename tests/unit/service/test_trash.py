"""Jobs in the trash: out of sight, brought back, or forgotten for good."""

import datetime

import pytest
import sqlalchemy as sa

from service import errors, jobs, trash
from service.artifacts import KeptFile
from service.schemas import JobFilter
from service.tables import Artifact, Job, JobEvent, JobMetric
from tests import factories


@pytest.fixture
def ended(session):
    """A job that was canceled; its id."""
    return jobs.cancel(session, factories.make_job(session).id).id


def listed(session, **wanted):
    return [job.id for job in jobs.list_jobs(session, JobFilter(**wanted)).rows]


def test_a_job_in_the_trash_is_gone_and_can_be_brought_back(session, ended):
    trash.discard(session, ended)
    with pytest.raises(errors.Gone):
        jobs.get(session, ended)
    trash.restore(session, ended)
    assert jobs.get(session, ended).state == "canceled"


def test_lists_leave_out_what_lies_in_the_trash(session, ended):
    trash.discard(session, ended)
    assert (listed(session), listed(session, trash=True)) == ([], [ended])


def test_to_throw_away_twice_is_no_error(session, ended):
    first = trash.discard(session, ended).deleted_at
    assert trash.discard(session, ended).deleted_at == first


@pytest.mark.parametrize("act", [trash.discard, trash.purge])
def test_a_job_that_has_not_ended_stays(session, act):
    job = factories.make_job(session)
    with pytest.raises(errors.JobNotFinished):
        act(session, job.id)
    assert jobs.get(session, job.id).state == "queued"


def test_a_purge_takes_everything_of_the_job_and_nothing_else(session, ended):
    other = factories.make_job(session).id
    claim = factories.make_claim(session)
    report = {"": factories.make_report()}
    kept = KeptFile(name="report.json", sha256="0" * 64, n_bytes=1)
    jobs.finish(session, claim, jobs.Outcome(reports=report, files=(kept,)))
    for job_id in (ended, claim.job_id):
        trash.purge(session, job_id)
    session.expire_all()
    assert session.scalars(sa.select(Job.id)).all() == [other]
    assert set(session.scalars(sa.select(JobEvent.job_id))) == {other}
    assert session.scalars(sa.select(JobMetric.id)).all() == []
    assert session.scalars(sa.select(Artifact.name)).all() == []


def test_what_has_been_in_the_trash_for_long_is_forgotten(session, ended):
    young = jobs.cancel(session, factories.make_job(session).id).id
    for job_id in (ended, young):
        trash.discard(session, job_id)
    long_ago = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=9)
    session.execute(sa.update(Job).where(Job.id == ended).values(deleted_at=long_ago))
    assert trash.purge_older(session, 7) == 1
    assert listed(session, trash=True) == [young]


def test_the_job_that_checked_something_stays_with_it(session):
    dataset = factories.make_dataset(session)
    job = jobs.cancel(session, jobs.submit_intake(session, dataset).id)
    with pytest.raises(errors.ResourceInUse):
        trash.purge(session, job.id)
