"""Two processes race for the same jobs."""

import os
import subprocess
import sys

import pytest
import sqlalchemy as sa

from service import db
from service.tables import Job, JobEvent
from tests import factories
from tests.architecture import tree

N_JOBS = 40


@pytest.fixture
def job_ids(engine):
    with db.session_scope(engine) as session:
        owner = factories.make_user(session)
        return [factories.make_job(session, owner).id for _ in range(N_JOBS)]


@pytest.fixture
def workers(settings):
    environment = {
        **os.environ,
        "NETMEND_DATABASE_URL": settings.database_url,
        "NETMEND_STATE_FOLDER": str(settings.state_folder),
    }
    with _start("one", environment) as one, _start("two", environment) as two:
        yield [one, two]
        one.kill()
        two.kill()


def test_each_job_is_claimed_once_and_finished_once(engine, job_ids, workers):
    assert [process.stdout.readline() for process in workers] == ["ready\n"] * 2
    for process in workers:
        process.stdin.write("\n".join(job_ids))
        process.stdin.close()
    claimed = [line for process in workers for line in process.stdout.read().split()]
    assert [process.wait() for process in workers] == [0, 0]
    assert sorted(claimed) == sorted(job_ids)
    with db.session_scope(engine, read_only=True) as session:
        ends = session.execute(sa.select(Job.state, Job.attempt).distinct()).all()
        assert ends == [("succeeded", 1)]
        assert session.scalar(sa.select(sa.func.count()).select_from(JobEvent)) == 4 * N_JOBS


def _start(name, environment):
    return subprocess.Popen(
        [sys.executable, "-m", "tests.integration.claiming", name],
        cwd=tree.REPOSITORY,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
