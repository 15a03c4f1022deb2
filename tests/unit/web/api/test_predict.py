"""Trying a repair: the answer if it comes soon, else the job that will have it."""

import io

import pytest

from core import errors
from service import jobs
from service.schemas import JobFilter
from web import announcing

SCORE = {"label": 4, "top": [{"label": 4, "probability": 1.0}]}
RESULT = {
    "pictures": [
        {
            "name": "face.png", "resized_from": None, "label": None, "before": SCORE,
            "after": SCORE, "goodnet": SCORE, "backdoored": True,
        }
    ],
    "n_classes": 4, "preprocessing": "/255", "notes": [],
}  # fmt: skip


@pytest.fixture
def worker(monkeypatch, held):
    """Stands for a worker that is told of a job: it ends it at once."""

    def set_to_work(end):
        def work():
            monkeypatch.setattr(announcing, "before_waiting", lambda: None)
            with held.session() as session:
                (job,) = jobs.list_jobs(session, JobFilter(kind="predict")).rows
                end(session, jobs.claim(session, job.id, worker_id="w", lease_s=60))

        monkeypatch.setattr(announcing, "before_waiting", work)

    return set_to_work


def succeed(session, claim):
    jobs.finish(session, claim, jobs.Outcome(result=RESULT))


def send(client, address, *pictures, **more):
    files = [(io.BytesIO(content), f"{n}.png") for n, content in enumerate(pictures)]
    fields = more.pop("fields", {})
    return client.post(f"{address}/predict", data={"file": files, **fields}, **more)


def test_the_answer_is_waited_for(client, repaired, worker):
    worker(succeed)
    answer = send(client, repaired, b"picture")
    assert (answer.status_code, answer.get_json()["pictures"]) == (200, RESULT["pictures"])
    job = client.get(f"/api/v1/jobs/{answer.get_json()['job_id']}").get_json()
    assert (job["kind"], job["result"]) == ("predict", RESULT)


def test_who_does_not_want_to_wait_gets_the_job(client, repaired):
    answer = send(client, repaired, b"picture", headers={"Prefer": "respond-async"})
    job = answer.get_json()
    assert (answer.status_code, job["state"], job["queue"]) == (202, "queued", "quick")
    assert answer.headers["Location"] == f"/api/v1/jobs/{job['id']}"


def test_nobody_waits_where_too_many_do(client, repaired):
    stream = {"Accept": "text/event-stream"}
    _, other = (send(client, repaired, b"a", headers={"Prefer": "wait=0"}) for _ in range(2))
    held = [client.get(f"{other.headers['Location']}/events", headers=stream) for _ in range(2)]
    assert send(client, repaired, b"picture").status_code == 202
    for answer in held:
        answer.close()


def test_pictures_are_kept_as_uploads_and_named(client, repaired):
    answer = send(client, repaired, b"one", b"two", headers={"Prefer": "wait=0"})
    request = answer.get_json()["request"]
    assert [file["name"] for file in request["pictures"]["files"]] == ["0.png", "1.png"]
    assert request["top"] == 5


def test_fields_of_the_form_count(client, repaired):
    fields = {"top": "2", "budget": "0.04"}
    answer = send(client, repaired, b"one", fields=fields, headers={"Prefer": "wait=0"})
    assert answer.get_json()["request"]["top"] == 2
    refused = send(client, repaired, b"one", fields={"top": "0"})
    assert refused.get_json()["errors"][0]["pointer"] == "#/top"


def test_a_picture_that_cannot_be_used_is_a_refusal(client, repaired, worker):
    worker(lambda session, claim: jobs.fail(session, claim, errors.CorruptFile("bad", n=1)))
    answer = send(client, repaired, b"picture")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "corrupt-file")


def test_a_job_that_failed_for_another_reason_says_nothing_of_the_pictures(
    client, repaired, worker
):
    worker(lambda session, claim: jobs.fail(session, claim, errors.TimeLimitExceeded()))
    answer = send(client, repaired, b"picture")
    assert (answer.status_code, answer.get_json()["code"]) == (503, "try-failed")
    assert answer.get_json()["details"]["code"] == "time-limit-exceeded"


def test_images_of_a_data_set_are_named_in_json(client, repaired, inputs):
    body = {"dataset": inputs["data"]["clean_validation"], "indices": [9]}
    refused = client.post(f"{repaired}/predict", json=body)
    assert refused.get_json()["errors"][0]["pointer"] == "#/indices/0"


@pytest.mark.parametrize(
    "body", [{}, {"dataset": "0" * 36}, {"indices": [1]}, {"upload_id": "0" * 36, "colour": 1}]
)
def test_pictures_have_to_be_named_one_way(client, repaired, body):
    assert client.post(f"{repaired}/predict", json=body).get_json()["code"] == "invalid-request"


def test_a_form_without_a_picture_is_refused(client, repaired):
    refused = client.post(f"{repaired}/predict", data={"other": (io.BytesIO(b"x"), "a.png")})
    assert refused.get_json()["errors"][0]["pointer"] == "#/other"


def test_a_repair_that_goes_on_cannot_be_tried(client, job):
    refused = send(client, f"/api/v1/jobs/{job['id']}", b"picture")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "job-not-finished")


def test_a_model_can_be_tried_as_it_came(client, repaired, inputs):
    answer = send(
        client, f"/api/v1/models/{inputs['model']}", b"picture", headers={"Prefer": "wait=0"}
    )
    assert list(answer.get_json()["request"]["models"]) == ["before"]
