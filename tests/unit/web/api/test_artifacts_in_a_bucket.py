"""Downloads from a bucket are those from a folder; nothing of a damaged file is sent."""

import io

import pytest

from service import jobs
from service.artifacts import KeptFile
from tests.stores import BUCKET, store, store_server

__all__ = ["store", "store_server"]

CONTENT = b"0123456789"


@pytest.fixture
def settings(store, tmp_path):
    return store.settings(state_folder=tmp_path)


@pytest.fixture
def stored(held):
    return held.storage.put(io.BytesIO(CONTENT))


@pytest.fixture
def file(held, job, stored):
    """Address of a file that a job made."""
    kept = KeptFile(name="repaired.h5", sha256=stored.sha256, n_bytes=10)
    with held.session() as session:
        claim = jobs.claim(session, job["id"], worker_id="w", lease_s=60)
        jobs.finish(session, claim, jobs.Outcome(files=(kept,)))
    return f"/api/v1/jobs/{job['id']}/artifacts/repaired.h5"


def test_a_file_is_downloaded(client, file):
    assert client.get(file, buffered=True).data == CONTENT


def test_a_download_that_was_cut_goes_on(client, file):
    answer = client.get(file, buffered=True, headers={"Range": "bytes=4-"})
    assert (answer.status_code, answer.data) == (206, CONTENT[4:])


@pytest.fixture
def key(settings, stored):
    """Where the file lies in the bucket."""
    prefix, sha256 = settings.storage_url.rpartition("/")[2], stored.sha256
    return f"{prefix}/blobs/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def test_nothing_of_a_damaged_file_is_sent(client, file, store, key):
    store.client().put_object(Bucket=BUCKET, Key=key, Body=b"012345678x")
    answer = client.get(file, buffered=True)
    assert (answer.status_code, answer.get_json()["code"]) == (502, "stored-file-damaged")


def test_without_keys_the_service_is_not_ready(client, settings, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    checks = client.get("/readyz").get_json()["checks"]
    assert checks["storage"] == "storage-unavailable"
