"""Batches: submitted, planned, watched, canceled, tried again."""

import csv

import pytest

from core.errors import TrainingDiverged
from service import jobs

URL = "/api/v1/batches"
NOBODY = "0190a0a0-0000-7000-8000-000000000000"


@pytest.fixture
def wanted(inputs):
    """What a batch of four jobs is asked: two methods, two seeds."""
    return {
        "name": "lab 3",
        "models": [inputs["model"]],
        "data": [inputs["data"]],
        "methods": [{"name": "fine-tuning"}, {"name": "fine-pruning", "params": {"epochs": 1}}],
        "seeds": [0, 1],
    }


@pytest.fixture
def batch(client, wanted):
    """A batch that waits, as JSON."""
    return client.post(URL, json=wanted).get_json()


@pytest.fixture
def job_ids(client, batch):
    found = client.get(f"/api/v1/jobs?batch={batch['id']}&sort=created_at").get_json()
    return [job["id"] for job in found["data"]]


def _end(held, job_id, error=None):
    with held.session() as session:
        claim = jobs.claim(session, job_id, worker_id="w", lease_s=60)
        jobs.fail(session, claim, error) if error else jobs.finish(session, claim, jobs.Outcome())


def _code(answer):
    return answer.status_code, answer.get_json()["code"]


def test_a_batch_is_accepted_as_a_whole(client, wanted):
    answer = client.post(URL, json=wanted)
    view = answer.get_json()
    assert (answer.status_code, answer.headers["Location"]) == (202, f"{URL}/{view['id']}")
    assert (view["n_jobs"], view["n_open"], view["states"]) == (4, 4, {"queued": 4})


def test_its_jobs_are_called_by_what_tells_them_apart(client, batch, job_ids):
    names = [client.get(f"/api/v1/jobs/{job_id}").get_json()["name"] for job_id in job_ids]
    assert names == [
        "a.h5 · fine-tuning · seed 0", "a.h5 · fine-tuning · seed 1",
        "a.h5 · fine-pruning · seed 0", "a.h5 · fine-pruning · seed 1",
    ]  # fmt: skip


def test_the_same_key_makes_one_batch(client, wanted):
    headers = {"Idempotency-Key": "one"}
    first, second = (client.post(URL, json=wanted, headers=headers) for _ in range(2))
    assert first.get_json()["id"] == second.get_json()["id"]
    assert len(client.get(URL).get_json()["data"]) == 1


def test_a_dry_run_tells_of_all_jobs_and_makes_none(client, wanted):
    answer = client.post(f"{URL}?dry_run=true", json=wanted)
    assert (answer.status_code, answer.get_json()["n_jobs"]) == (200, 4)
    assert [client.get(path).get_json()["data"] for path in (URL, "/api/v1/jobs?kind=repair")] == [
        [], [],
    ]  # fmt: skip


def test_everything_that_is_wrong_is_named_at_once(client, wanted):
    wrong = {
        "models": ["x"], "data": [{}], "methods": [{"name": "magic"}, {"params": {"epochs": -1}}],
        "seeds": [1, 1], "max_accuracy_drops": [], "colour": "red",
    }  # fmt: skip
    refused = client.post(URL, json={**wanted, **wrong}).get_json()
    assert {item["pointer"] for item in refused["errors"]} == {
        "#/models/0", "#/data/0/clean_validation", "#/methods/0/name",
        "#/methods/1/params/epochs", "#/seeds/1", "#/max_accuracy_drops", "#/colour",
    }  # fmt: skip


def test_all_that_is_not_there_is_named_by_its_place(client, wanted):
    data = [*wanted["data"], {"clean_validation": NOBODY, "poisoned_test": [NOBODY]}]
    refused = client.post(URL, json={**wanted, "models": [NOBODY], "data": data})
    pointers = [item["pointer"] for item in refused.get_json()["errors"]]
    assert _code(refused) == (404, "not-found")
    assert pointers == ["#/models/0", "#/data/1/clean_validation", "#/data/1/poisoned_test/0"]


@pytest.mark.parametrize("query", ["", "?dry_run=true"])
def test_too_many_jobs_are_refused_with_the_factors(client, wanted, query):
    many = {**wanted, "seeds": list(range(300))}
    refused = client.post(URL + query, json=many).get_json()
    assert refused["code"] == "invalid-request"
    assert refused["detail"] == "2 methods x 300 seeds are 600 jobs, and a batch has 500 at most"


def test_a_batch_shows_how_far_it_got(client, held, batch, job_ids):
    _end(held, job_ids[0])
    _end(held, job_ids[1], TrainingDiverged())
    view = client.get(f"{URL}/{batch['id']}").get_json()
    assert view["states"] == {"succeeded": 1, "failed": 1, "queued": 2}
    assert (view["n_open"], view["finished_at"]) == (2, None)


def test_results_are_a_matrix(client, held, batch, job_ids):
    _end(held, job_ids[1], TrainingDiverged())
    matrix = client.get(f"{URL}/{batch['id']}/results").get_json()
    labels = [column["label"] for column in matrix["columns"]]
    assert labels[1:3] == ["fine-tuning · seed 1", "fine-pruning · seed 0"]
    (cells,) = matrix["cells"]
    assert [cell["job_id"] for cell in cells] == job_ids
    assert (cells[1]["state"], cells[1]["error"]) == ("failed", "training-diverged")


def test_results_are_a_table_for_spreadsheets(client, batch, job_ids):
    answer = client.get(f"{URL}/{batch['id']}/results.csv")
    (row,) = csv.DictReader(answer.text.splitlines())
    assert (row["model"], row["fine-tuning · seed 1: job_id"]) == ("a.h5", job_ids[1])


def test_all_jobs_that_wait_are_canceled_at_once(client, batch):
    answer = client.post(f"{URL}/{batch['id']}/cancel")
    view = answer.get_json()
    assert (answer.status_code, view["states"], view["n_open"]) == (200, {"canceled": 4}, 0)
    assert view["finished_at"] is not None


def test_a_batch_with_a_job_that_runs_is_going_to_be_canceled(client, held, batch, job_ids):
    with held.session() as session:
        jobs.claim(session, job_ids[0], worker_id="w", lease_s=60)
    answer = client.post(f"{URL}/{batch['id']}/cancel")
    assert (answer.status_code, answer.get_json()["states"]) == (
        202, {"canceled": 3, "canceling": 1},
    )  # fmt: skip


def test_what_failed_is_tried_again_in_its_place(client, held, batch, job_ids):
    _end(held, job_ids[0], TrainingDiverged())
    answer = client.post(f"{URL}/{batch['id']}/retry-failed")
    view = answer.get_json()
    assert (answer.status_code, view["n_jobs"], view["n_replaced"]) == (202, 5, 1)
    assert view["states"] == {"queued": 4}
    (cells,) = client.get(f"{URL}/{batch['id']}/results").get_json()["cells"]
    assert cells[0]["job_id"] not in job_ids


def test_where_nothing_failed_nothing_is_tried_again(client, batch):
    answer = client.post(f"{URL}/{batch['id']}/retry-failed")
    assert (answer.status_code, answer.get_json()["n_jobs"]) == (200, 4)


def test_a_list_comes_in_pages_newest_first(client, wanted):
    ids = [client.post(URL, json=wanted).get_json()["id"] for _ in range(3)]
    first = client.get(f"{URL}?limit=2")
    second = client.get(first.headers["Link"].partition(">")[0].removeprefix("<"))
    pages = [[item["id"] for item in page.get_json()["data"]] for page in (first, second)]
    assert pages == [ids[:0:-1], ids[:1]]
    assert first.get_json()["data"][0]["states"] == {"queued": 4}


@pytest.mark.parametrize("path", ["", "/results", "/results.csv", "/cancel", "/retry-failed"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_batch_that_is_not_there_breaks_nothing(client, method, path):
    answer = getattr(client, method)(f"{URL}/{NOBODY}{path}")
    assert answer.status_code in {404, 405}
