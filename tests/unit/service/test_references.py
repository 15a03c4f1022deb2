"""Which files are named by a row."""

import pytest

from service import artifacts, jobs, references
from service.artifacts import KeptFile
from tests import factories

UPLOADED, SENT, CANONICAL, MADE, OTHER = (letter * 64 for letter in "a1234")


@pytest.fixture
def job(session):
    """A job with a file, whose inputs came in as uploads."""
    columns = {"sha256": SENT, "canonical_sha256": CANONICAL}
    factories.make_model(session, **columns)
    factories.make_dataset(session, **columns)
    job = factories.make_job(session)
    artifacts.add(session, job.id, 1, [KeptFile(name="a", sha256=MADE, n_bytes=1)])
    return job


def test_files_of_rows_are_named(session, job):
    asked = [UPLOADED, SENT, CANONICAL, MADE, OTHER]
    assert references.by_rows(session, asked) == {UPLOADED, SENT, CANONICAL, MADE}


def test_all_files_of_rows_are_found(session, job):
    assert references.all_of(session) >= {UPLOADED, SENT, CANONICAL, MADE}
    assert OTHER not in references.all_of(session)


def test_a_job_names_files_in_its_request_until_it_ends(session, job):
    job.request = {**job.request, "pictures": {"files": [{"sha256": OTHER}]}}
    session.flush()
    assert references.in_open_jobs(session) == {OTHER}
    jobs.cancel(session, job.id)
    assert references.in_open_jobs(session) == set()
