"""Each refusal of the catalogue can be provoked over the API, and is what the docs say."""

import dataclasses
import io
import pathlib
from collections.abc import Callable
from typing import Any

import pytest

from service import accounts, artifacts, idempotency, jobs
from tests import factories
from web import app as web_app
from web import problems
from web.problems.requests import REFUSED
from web.problems.service import NOT_NOW

API = "/api/v1"
NOBODY = "0" * 8 + "-0000-7000-8000-" + "0" * 12
KEY = {"Idempotency-Key": "once"}
#: Provoked where they are at home: in the pages, by a form, by a bucket, by the command line.
ELSEWHERE = {
    "csrf-failed", "foreign-origin", "no-accounts", "try-failed", "storage-unavailable",
    "backup-failed", "invalid-settings",
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Ground:
    """What there is to go wrong with."""

    app: Any
    client: Any
    held: Any
    tokens: dict
    inputs: dict
    job: dict

    @property
    def job_path(self):
        return f"{API}/jobs/{self.job['id']}"

    def upload(self, **body):
        announced = self.client.post(f"{API}/uploads", json={"file_name": "a.h5", **body})
        return announced.headers["Location"]

    def with_settings(self, **changes):
        """A client of the same service, set otherwise."""
        app = web_app.create_app(self.held.settings.model_copy(update=changes))
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.tokens['admin']}"
        return client

    def ended_job(self):
        """Path of a job that has ended, with one file."""
        with self.held.session() as session:
            claim = jobs.claim(session, self.job["id"], worker_id="w", lease_s=60)
            stored = self.held.storage.put(io.BytesIO(b"text"))
            kept = artifacts.KeptFile(name="log.txt", sha256=stored.sha256, n_bytes=4)
            jobs.finish(session, claim, jobs.Outcome(files=(kept,)))
        return self.job_path


@pytest.fixture
def ground(app, client, held, tokens, inputs, job):  # noqa: PLR0917 - fixtures
    return Ground(app, client, held, tokens, inputs, job)


PROVOKED: dict[str, Callable[[Ground], Any]] = {}


def provokes(code):
    def remember(function):
        PROVOKED[code] = function
        return function

    return remember


@provokes("malformed-request")
def _for_a_host_that_is_not_ours(ground):
    return ground.client.get(f"{API}/jobs", headers={"Host": "elsewhere.example"})


@provokes("malformed-json")
def _half_of_json(ground):
    return ground.client.post(f"{API}/jobs", data="{", content_type="application/json")


@provokes("unsupported-media-type")
def _xml(ground):
    return ground.client.post(f"{API}/jobs", data="<job/>", content_type="text/xml")


@provokes("not-acceptable")
def _a_preview_as_text(ground):
    path = f"{API}/datasets/{ground.inputs['data']['clean_validation']}/preview"
    return ground.client.get(path, headers={"Accept": "text/csv"})


@provokes("method-not-allowed")
def _put_of_all_jobs(ground):
    return ground.client.put(f"{API}/jobs", json={})


@provokes("invalid-request")
def _a_field_that_there_is_not(ground):
    return ground.client.post(f"{API}/jobs", json={**ground.inputs, "colour": "red"})


@provokes("unauthenticated")
def _without_a_token(ground):
    return ground.app.test_client().get(f"{API}/jobs")


@provokes("forbidden")
def _to_submit_with_a_token_for_reading(ground):
    headers = {"Authorization": f"Bearer {ground.tokens['read']}"}
    return ground.app.test_client().post(f"{API}/jobs", json=ground.inputs, headers=headers)


def _poor(ground, **most):
    """Somebody who is no admin, of a service that gives them little; and a path of an upload."""
    app = web_app.create_app(ground.held.settings.model_copy(update=most))
    with ground.held.session() as session:
        user = accounts.create_user(session, "poor")
        token = accounts.issue_token(session, user, "theirs", ["read", "submit"])
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


@provokes("byte-quota-exceeded")
def _a_file_for_which_there_is_no_quota(ground):
    client = _poor(ground, max_user_bytes=3)
    return client.post(f"{API}/uploads", json={"file_name": "a.h5", "n_bytes": 4})


@provokes("file-quota-exceeded")
def _a_file_too_many(ground):
    return _poor(ground, max_user_files=0).post(f"{API}/uploads", json={"file_name": "a.h5"})


@provokes("job-quota-exceeded")
def _a_job_too_many(ground):
    client = _poor(ground, max_user_open_jobs=0)
    return client.post(f"{API}/jobs", json=_ready_for(ground))


@provokes("gpu-quota-exceeded")
def _a_job_for_a_gpu_without_minutes(ground):
    client = _poor(ground, max_user_gpu_minutes=0)
    return client.post(f"{API}/jobs", json={**_ready_for(ground), "queue": "gpu"})


@provokes("too-many-requests")
def _two_uploads_where_one_may_be(ground):
    client = _poor(ground, upload_rate="1/hour")
    client.post(f"{API}/uploads", json={"file_name": "a.h5"})
    return client.post(f"{API}/uploads", json={"file_name": "a.h5"})


def _ready_for(ground):
    """What a job of whoever is poor asks for."""
    with ground.held.session() as session:
        poor = accounts.find_user(session, "poor")
        model, images = factories.make_model(session, poor), factories.make_dataset(session, poor)
        return {"model": model.id, "data": {"clean_validation": images.id}}


@provokes("not-found")
def _a_job_that_there_is_not(ground):
    return ground.client.get(f"{API}/jobs/{NOBODY}")


@provokes("gone")
def _a_job_in_the_trash(ground):
    path = ground.ended_job()
    ground.client.delete(path)
    return ground.client.get(path)


@provokes("conflict")
def _bytes_for_an_upload_that_is_complete(ground):
    path = ground.upload()
    ground.client.put(path, data=b"all")
    return ground.client.patch(path, data=b"more", headers={"Upload-Offset": "3"})


@provokes("precondition-required")
def _an_edit_of_no_version(ground):
    return ground.client.patch(ground.job_path, json={"name": "new"})


@provokes("precondition-failed")
def _an_edit_of_an_old_version(ground):
    return ground.client.patch(
        ground.job_path, json={"name": "new"}, headers={"If-Match": '"99-x"'}
    )


@provokes("idempotency-key-reused")
def _one_key_for_two_requests(ground):
    ground.client.post(f"{API}/uploads", json={"file_name": "a.h5"}, headers=KEY)
    return ground.client.post(f"{API}/uploads", json={"file_name": "b.h5"}, headers=KEY)


@provokes("idempotency-in-progress")
def _a_key_whose_first_request_has_no_answer(ground):
    ground.client.post(f"{API}/uploads", json={"file_name": "a.h5"}, headers=KEY)
    with ground.held.session() as session:
        idempotency.keep(session, ground.job["owner_id"], KEY["Idempotency-Key"], answer=None)
    return ground.client.post(f"{API}/uploads", json={"file_name": "a.h5"}, headers=KEY)


@provokes("upload-offset-mismatch")
def _bytes_for_another_place(ground):
    return ground.client.patch(ground.upload(), data=b"x", headers={"Upload-Offset": "7"})


@provokes("upload-incomplete")
def _an_end_before_all_has_come(ground):
    return ground.client.post(f"{ground.upload(n_bytes=5)}/complete")


@provokes("upload-too-large")
def _more_than_may_come(ground):
    most = ground.held.settings.max_upload_bytes
    return ground.client.post(f"{API}/uploads", json={"file_name": "a.h5", "n_bytes": most + 1})


@provokes("webhook-refused")
def _an_address_that_nobody_named(ground):
    return ground.client.post(f"{API}/webhooks", json={"url": "https://ci.example/"})


@provokes("checksum-mismatch")
def _other_bytes_than_were_meant(ground):
    path = ground.upload()
    ground.client.patch(path, data=b"x", headers={"Upload-Offset": "0"})
    return ground.client.post(f"{path}/complete", json={"sha256": "0" * 64})


@provokes("job-not-cancelable")
def _to_cancel_what_has_ended(ground):
    return ground.client.post(f"{ground.ended_job()}/cancel")


@provokes("job-not-finished")
def _to_retry_what_waits(ground):
    return ground.client.post(f"{ground.job_path}/retry")


@provokes("resource-in-use")
def _to_delete_what_a_job_needs(ground):
    return ground.client.delete(f"{API}/models/{ground.inputs['model']}")


@provokes("preview-disabled")
def _pictures_of_people(ground):
    upload = ground.upload()
    ground.client.put(upload, data=b"faces")
    body = {"upload_id": upload.rpartition("/")[2], "people": True}
    path = ground.client.post(f"{API}/datasets", json=body).headers["Location"]
    return ground.client.get(f"{path}/preview")


@provokes("range-not-satisfiable")
def _a_part_behind_the_end(ground):
    path = f"{ground.ended_job()}/artifacts/log.txt"
    return ground.client.get(path, headers={"Range": "bytes=99-"})


@provokes("too-many-streams")
def _a_stream_where_none_may_be(ground):
    client = ground.with_settings(max_streams=0)
    return client.get(f"{ground.job_path}/events", headers={"Accept": "text/event-stream"})


@provokes("insufficient-storage")
def _bytes_for_a_disk_that_is_full(ground):
    client = ground.with_settings(min_free_bytes=2**62)
    return client.put(ground.upload(), data=b"x")


@provokes("database-unavailable")
def _without_tables(ground):
    ground.held.engine.dispose()
    file = pathlib.Path(ground.held.engine.url.database)
    file.unlink()
    file.mkdir()
    return ground.client.get(f"{API}/jobs")


@provokes("broker-unavailable")
def _a_broker_that_is_away(ground):
    return ground.client.get("/readyz")


@provokes("stored-file-damaged")
def _a_file_that_rotted(ground):
    path = ground.ended_job()
    (file,) = (file for file in ground.held.settings.state_folder.glob("storage/??/??/*")
               if file.read_bytes() == b"text")  # fmt: skip
    file.chmod(0o600)
    file.write_bytes(b"rots")
    return ground.client.get(f"{path}/artifacts/log.txt")


@pytest.mark.parametrize("code", PROVOKED)
def test_a_refusal_is_what_the_catalogue_says(ground, code):
    answer = PROVOKED[code](ground)
    told = next(problem for problem in problems.problems() if problem.code == code)
    assert answer.status_code == told.status
    assert f'"{code}"' in answer.text.replace(f"/problems/{code}", "")


def test_every_refusal_of_the_catalogue_is_provoked():
    codes = {kind.code for kind in (*REFUSED, *NOT_NOW)}
    assert codes - ELSEWHERE == set(PROVOKED)
