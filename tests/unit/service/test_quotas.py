"""What each user may have; on SQLite and PostgreSQL."""

import datetime

import pytest

from service import accounts, artifacts, errors, jobs, quotas, uploads
from service.allowances import Allowances
from service.tables import Job
from tests import factories

MANY = 10**6


@pytest.fixture
def user(session):
    return factories.make_user(session, "ada")


@pytest.fixture
def hold(session):
    """A function: from now on the session knows quotas."""
    return lambda **most: quotas.hold(session, Allowances(**most))


def _announce(session, user, n_bytes=None):
    return uploads.create(session, user.id, "a.h5", n_bytes=n_bytes, max_bytes=MANY)


def test_a_user_keeps_as_many_bytes_as_may_be(session, user, hold):
    factories.make_upload(session, user, n_bytes=600)
    hold(max_user_bytes=1000)
    _announce(session, user, 400)
    told = r"1,000 bytes .* 1,000 are taken"
    with pytest.raises(errors.ByteQuotaExceeded, match=told) as refused:
        _announce(session, user, 1)
    assert refused.value.details["quota"] == "byte-quota-exceeded"


def test_the_same_bytes_count_once(session, user, hold):
    upload = factories.make_upload(session, user, n_bytes=600)
    factories.make_model(session, user, sha256=upload.sha256, n_bytes=600)
    assert quotas.usage(session, user, Allowances())["bytes"].used == 600


def test_what_jobs_made_counts(session, user):
    claim = factories.make_claim(session, factories.make_job(session, user))
    before = quotas.usage(session, user, Allowances())["bytes"].used
    kept = artifacts.KeptFile(name="log.txt", sha256="c" * 64, n_bytes=50)
    jobs.finish(session, claim, jobs.Outcome(files=(kept,)))
    assert quotas.usage(session, user, Allowances())["bytes"].used == before + 50


def test_an_upload_of_which_nobody_said_the_size_is_counted_in_the_end(session, user, hold):
    hold(max_user_bytes=100)
    upload = _announce(session, user)
    with pytest.raises(errors.ByteQuotaExceeded):
        uploads.complete(session, upload.id, uploads.Stored(sha256="d" * 64, n_bytes=101))
    assert uploads.get(session, upload.id).state == "receiving"


def test_a_user_keeps_as_many_files_as_may_be(session, user, hold):
    hold(max_user_files=1)
    upload = _announce(session, user)
    with pytest.raises(errors.FileQuotaExceeded, match="1 files"):
        _announce(session, user)
    uploads.complete(session, upload.id, uploads.Stored(sha256="d" * 64, n_bytes=4))


def test_as_many_jobs_wait_and_run_as_may(session, user, hold):
    factories.make_claim(session, factories.make_job(session, user))
    request = factories.make_request(session, user)
    hold(max_user_open_jobs=2)
    jobs.submit(session, user.id, request)
    with pytest.raises(errors.JobQuotaExceeded, match="2 jobs"):
        jobs.submit(session, user.id, request)


def test_a_batch_is_refused_as_a_whole(session, user, hold):
    hold(max_user_open_jobs=1)
    with pytest.raises(errors.JobQuotaExceeded):
        factories.make_batch(session, user)


def test_an_upload_is_checked_whatever_jobs_wait(session, user, hold):
    factories.make_job(session, user)
    model = factories.make_model(session, user)
    hold(max_user_open_jobs=1)
    assert jobs.submit_intake(session, model).state == "queued"


def test_minutes_of_gpus_are_those_of_the_last_days(session, user, hold):
    _ran_on_gpu(session, user, minutes=90)
    allowances = Allowances(max_user_gpu_minutes=90.0)
    assert quotas.usage(session, user, allowances)["gpu_minutes"] == quotas.Quota(used=90, most=90)
    request = factories.make_request(session, user)
    hold(max_user_gpu_minutes=90.0)
    jobs.submit(session, user.id, request)
    with pytest.raises(errors.GpuQuotaExceeded, match="90 minutes"):
        jobs.submit(session, user.id, request.model_copy(update={"queue": "gpu"}))


@pytest.mark.parametrize("role", ["admin"])
def test_nobody_asks_admins(session, hold, role):
    admin = accounts.create_user(session, "grace", role)
    hold(max_user_bytes=0, max_user_files=0, max_user_open_jobs=0)
    _announce(session, admin, 10)
    factories.make_job(session, admin)
    assert {quota.most for quota in quotas.usage(session, admin, Allowances()).values()} == {None}


def test_a_session_of_a_worker_knows_no_quotas(session, user):
    assert factories.make_job(session, user).state == "queued"


def _ran_on_gpu(session, user, *, minutes):
    ended = datetime.datetime.now(datetime.UTC)
    job = factories.make_job(session, user)
    values = {"queue": "gpu", "state": "succeeded", "finished_at": ended}
    values["started_at"] = ended - datetime.timedelta(minutes=minutes)
    for name, value in values.items():
        setattr(session.get_one(Job, job.id), name, value)
    session.flush()
