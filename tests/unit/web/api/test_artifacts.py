"""What a job made: listed, downloaded, in parts."""

import io

import pytest

from service import jobs
from service.artifacts import KeptFile

CONTENT = b"0123456789"


@pytest.fixture
def files(held, job):
    """Address of the files of a job: a model, and a report in a folder."""
    stored = held.storage.put(io.BytesIO(CONTENT))
    kept = tuple(
        KeptFile(name=name, sha256=stored.sha256, n_bytes=10)
        for name in ("repaired.h5", "budget 4/report.html")
    )
    with held.session() as session:
        claim = jobs.claim(session, job["id"], worker_id="w", lease_s=60)
        jobs.finish(session, claim, jobs.Outcome(files=kept))
    return f"/api/v1/jobs/{job['id']}/artifacts"


def _get(client, address, **options):
    return client.get(address, buffered=True, **options)  # so that the file is closed


def test_files_are_listed(client, files):
    listed = client.get(files).get_json()["data"]
    assert [file["name"] for file in listed] == ["budget 4/report.html", "repaired.h5"]
    assert {file["n_bytes"] for file in listed} == {10}


def test_a_job_that_made_nothing_has_an_empty_list(client, job):
    assert client.get(f"/api/v1/jobs/{job['id']}/artifacts").get_json() == {"data": []}


def test_a_file_is_downloaded(client, files):
    answer = _get(client, f"{files}/repaired.h5")
    assert (answer.data, answer.mimetype) == (CONTENT, "application/x-hdf5")
    assert answer.headers["Content-Disposition"] == "attachment; filename=repaired.h5"


def test_a_report_is_a_download_never_a_page_of_ours(client, files):
    answer = _get(client, f"{files}/budget%204/report.html")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_etag_of_a_file_is_its_hash(client, files):
    listed = client.get(files).get_json()["data"]
    answer = _get(client, f"{files}/repaired.h5")
    assert answer.headers["ETag"] == f'"{listed[1]["sha256"]}"'


def test_a_download_that_was_cut_goes_on(client, files):
    etag = _get(client, f"{files}/repaired.h5").headers["ETag"]
    headers = {"Range": "bytes=4-", "If-Range": etag}
    answer = _get(client, f"{files}/repaired.h5", headers=headers)
    assert (answer.status_code, answer.data) == (206, CONTENT[4:])
    assert answer.headers["Content-Range"] == "bytes 4-9/10"


def test_a_part_that_is_not_there_is_refused(client, files):
    answer = _get(client, f"{files}/repaired.h5", headers={"Range": "bytes=10-"})
    assert (answer.status_code, answer.get_json()["code"]) == (416, "range-not-satisfiable")
    assert answer.headers["Content-Range"] == "bytes */10"


def test_a_file_that_the_caller_has_is_not_sent_again(client, files):
    etag = _get(client, f"{files}/repaired.h5").headers["ETag"]
    answer = _get(client, f"{files}/repaired.h5", headers={"If-None-Match": etag})
    assert (answer.status_code, answer.data) == (304, b"")


@pytest.mark.parametrize("name", ["x", "../../etc/passwd", "%2e%2e/x", "%00", "repaired.h5/x"])
def test_a_file_that_is_not_there_is_not_found(client, files, name):
    assert _get(client, f"{files}/{name}").status_code == 404


def test_nothing_of_a_damaged_file_is_sent(client, held, files):
    (stored,) = (found for found in held.storage.iterate() if found.n_bytes == len(CONTENT))
    path = held.storage.path(stored.sha256)
    path.chmod(0o644)
    path.write_bytes(b"012345678x")
    answer = _get(client, f"{files}/repaired.h5")
    assert (answer.status_code, answer.get_json()["code"]) == (502, "stored-file-damaged")
    assert answer.get_json()["retriable"] is False
