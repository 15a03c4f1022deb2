"""What is left of attempts that are over is removed, and nothing else."""

import pytest

from service import db, jobs
from service.errors import DatabaseUnavailable
from worker import folders, tidying


def begun(shop):
    """An attempt at a new job, and what its worker left when it was killed."""
    job_id = shop.repair_job()
    with db.session_scope(shop.services.engine) as session:
        claim = jobs.claim(session, job_id, worker_id="dead", lease_s=60)
    parent = shop.services.settings.job_folder
    left = folders.JobFolder(parent / f"{claim.job_id}.{claim.attempt}")
    left.results.mkdir(parents=True)
    return claim, left.root


def release(shop, claim):
    with db.session_scope(shop.services.engine) as session:
        jobs.release(session, claim)


def test_the_folder_of_an_attempt_that_is_over_is_removed(shop):
    claim, folder = begun(shop)
    release(shop, claim)
    tidying.tidy(shop.services)
    assert not folder.exists()


def test_the_folder_of_an_attempt_that_goes_on_stays(shop):
    _, folder = begun(shop)
    tidying.tidy(shop.services)
    assert folder.is_dir()


def test_the_folder_of_an_earlier_attempt_at_a_live_job_is_removed(shop):
    claim, folder = begun(shop)
    release(shop, claim)
    with db.session_scope(shop.services.engine) as session:
        jobs.claim(session, claim.job_id, worker_id="other", lease_s=60)
    tidying.tidy(shop.services)
    assert not folder.exists()


def test_while_the_database_is_away_nothing_is_removed(shop, monkeypatch):
    def away(*_, **__):
        raise DatabaseUnavailable

    claim, folder = begun(shop)
    release(shop, claim)
    monkeypatch.setattr(db, "session_scope", away)
    with pytest.raises(DatabaseUnavailable):
        tidying.tidy(shop.services)
    assert folder.is_dir()
