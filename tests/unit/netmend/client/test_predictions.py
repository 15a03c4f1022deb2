"""Pictures go to the server, and its answer comes back, however long that takes."""

import httpx
import pytest

from core import errors
from netmend.client import ProblemError
from tests.unit.netmend.client.conftest import ID, NOW, problem

ANSWER = {
    "job_id": ID, "n_classes": 4, "preprocessing": "/255", "notes": [],
    "pictures": [
        {
            "name": "face.png", "resized_from": None, "label": None, "after": None,
            "goodnet": None, "backdoored": None,
            "before": {"label": 3, "top": [{"label": 3, "probability": 1.0}]},
        }
    ],
}  # fmt: skip


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "face.png"
    path.write_bytes(b"pixels")
    return path


def job(state, **more):
    told = {
        "id": ID, "kind": "predict", "queue": "quick", "owner_id": ID, "name": "", "tags": [],
        "method": None, "priority": 0, "state": state,
        "progress": {"stage": None, "current": None, "total": None}, "attempt": 1, "losses": 0,
        "worker_id": None, "retry_of": None, "batch_id": None, "deleted_at": None, "version": 1,
        "created_at": NOW, "started_at": None, "finished_at": None, "error": None,
        "verdict": None, "clean_accuracy_before": None, "clean_accuracy_after": None,
        "attack_success_rate_before": None, "attack_success_rate_after": None,
        "repaired_model_path": None, "notes": "", "request": {}, "reports": None, **more,
    }  # fmt: skip
    return httpx.Response(202 if state == "queued" else 200, json=told)


def events(*, is_final):
    return httpx.Response(200, json={"data": [], "last": 0, "is_final": is_final})


def test_pictures_are_sent_with_what_is_wanted(client, server, picture):
    server.trouble = [httpx.Response(200, json=ANSWER)]
    found = client.predictions.of_job(ID, [picture], budget=0.02, top=3)
    assert found.pictures[0].before.label == 3
    (request,) = server.requests
    assert b'filename="face.png"' in request.content
    assert b"pixels" in request.content
    assert b'name="budget"\r\n\r\n0.02' in request.content


def test_an_answer_that_takes_longer_is_waited_for(client, server, picture):
    result = {key: ANSWER[key] for key in ANSWER if key != "job_id"}
    server.trouble = [job("queued"), events(is_final=True), job("succeeded", result=result)]
    found = client.predictions.of_model(ID, [picture], preprocessing="none")
    assert (found.job_id, found.n_classes) == (ID, 4)


def test_what_went_wrong_meanwhile_is_raised(client, server, picture):
    error = {"code": "corrupt-file", "message": "no picture", "details": {}}
    server.trouble = [job("queued"), events(is_final=True), job("failed", error=error)]
    with pytest.raises(errors.CorruptFile, match="no picture"):
        client.predictions.of_job(ID, [picture])


def test_a_refusal_is_raised(client, server, picture):
    server.trouble = [problem(422, "corrupt-file", "no picture")]
    with pytest.raises(ProblemError, match="no picture"):
        client.predictions.of_job(ID, [picture])


def test_a_picture_that_is_not_there_is_told(client, tmp_path):
    with pytest.raises(errors.UnreadableFile, match=r"face\.png"):
        client.predictions.of_job(ID, [tmp_path / "face.png"])
