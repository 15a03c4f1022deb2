"""Diagnoses over HTTP: submitted once, waited for, and found again by the model."""

import pytest

from core.results import Diagnosis
from service import accounts, jobs
from tests import factories

FOUND = Diagnosis(n_classes=4, suspects=(), n_examined=4, seconds=1.0).to_json()


@pytest.fixture
def given(held, tokens):
    """Ids of a model and of clean images."""
    with held.session() as session:
        owner = accounts.find_user(session, "somebody")
        model = factories.make_model(session, owner, name="sunglasses")
        return model.id, factories.make_dataset(session, owner).id


@pytest.fixture
def address(given):
    return f"/api/v1/models/{given[0]}"


@pytest.fixture
def asked(given):
    return {"clean_validation": given[1]}


def end(held, job_id):
    with held.session() as session:
        claim = jobs.claim(session, job_id, worker_id="w", lease_s=60)
        jobs.finish(session, claim, jobs.Outcome(result=FOUND))


def test_a_job_is_made_of_it(client, address, asked):
    answer = client.post(f"{address}/diagnose", json=asked)
    job = answer.get_json()
    assert (answer.status_code, job["kind"], job["state"]) == (202, "diagnose", "queued")
    assert answer.headers["Location"] == f"/api/v1/jobs/{job['id']}"


def test_sent_twice_it_is_one_job(client, address, asked):
    key = {"Idempotency-Key": "once"}
    first, second = (
        client.post(f"{address}/diagnose", json=asked, headers=key).get_json()["id"]
        for _ in range(2)
    )
    assert first == second


@pytest.mark.parametrize("body", [{}, {"clean_validation": "x"}, {"method": "fine-tuning"}])
def test_what_makes_no_sense_is_refused(client, address, body):
    assert client.post(f"{address}/diagnose", json=body).status_code == 422


def test_a_model_that_is_not_there_is_told_before_the_body(client):
    nobody = "00000000-0000-7000-8000-000000000000"
    assert client.post(f"/api/v1/models/{nobody}/diagnose", json={}).status_code == 404


def test_without_a_diagnosis_it_is_said_how_to_get_one(client, address):
    told = client.get(f"{address}/diagnosis")
    assert (told.status_code, told.get_json()["code"]) == (404, "not-found")
    assert told.get_json()["hint"].startswith(f"POST {address}/diagnose")


def test_the_newest_is_found_by_the_model(client, held, address, asked):
    job_id = client.post(f"{address}/diagnose", json=asked).get_json()["id"]
    end(held, job_id)
    found = client.get(f"{address}/diagnosis").get_json()
    assert (found["job_id"], found["diagnosis"]) == (job_id, FOUND)
    assert client.get(f"/api/v1/jobs/{job_id}").get_json()["result"] == FOUND


def test_jobs_can_be_listed_by_that_kind(client, address, asked):
    job_id = client.post(f"{address}/diagnose", json=asked).get_json()["id"]
    listed = client.get("/api/v1/jobs?kind=diagnose").get_json()["data"]
    assert [job["id"] for job in listed] == [job_id]


def test_there_is_no_card_of_one(client, held, address, asked):
    job_id = client.post(f"{address}/diagnose", json=asked).get_json()["id"]
    end(held, job_id)
    assert client.get(f"/api/v1/jobs/{job_id}/card.json").status_code == 409
