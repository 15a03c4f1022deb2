"""Jobs beside each other."""

import csv

import pytest

from service import jobs
from tests import factories

URL = "/api/v1/compare"
NOBODY = "0190a0a0-0000-7000-8000-000000000000"


@pytest.fixture
def job_ids(client, held, inputs):
    """Two jobs that ended, the second one better."""
    ids = []
    for seed, attack in ((0, 0.5), (1, 0.125)):
        job = client.post("/api/v1/jobs", json={**inputs, "seed": seed}).get_json()
        with held.session() as session:
            claim = jobs.claim(session, job["id"], worker_id="w", lease_s=60)
            report = factories.make_report(attack=attack)
            jobs.finish(session, claim, jobs.Outcome(reports={"": report}))
        ids.append(job["id"])
    return ids


def _query(ids):
    return "&".join(f"job={job_id}" for job_id in ids)


def test_figures_stand_side_by_side_with_their_change(client, job_ids):
    found = client.get(f"{URL}?{_query(job_ids)}").get_json()
    (measure,) = [
        item for item in found["measures"]
        if (item["name"], item["phase"]) == ("attack_success_rate", "after")
    ]  # fmt: skip
    assert [item["value"] for item in measure["figures"]] == [0.5, 0.125]
    assert [item["delta"] for item in measure["figures"]] == [0.0, -0.375]


def test_what_was_asked_otherwise_is_told(client, job_ids):
    found = client.get(f"{URL}?{_query(job_ids)}").get_json()
    assert found["differences"] == [{"name": "seed", "values": [0, 1]}]


def test_figures_are_a_table_for_spreadsheets(client, job_ids):
    answer = client.get(f"{URL}.csv?{_query(job_ids)}")
    rows = list(csv.DictReader(answer.text.splitlines()))
    (row,) = [row for row in rows if (row["phase"], row["name"]) == ("after", "clean_accuracy")]
    assert row[f"{job_ids[0]}, budget 0.04: value"] == "0.95"


@pytest.mark.parametrize("ids", [[], [NOBODY], [NOBODY, NOBODY], ["x", "y"]])
def test_two_different_jobs_are_needed(client, ids):
    assert client.get(f"{URL}?{_query(ids)}").status_code == 422


def test_all_jobs_that_are_not_there_are_named(client, job_ids):
    refused = client.get(f"{URL}?{_query([job_ids[0], NOBODY])}")
    assert (refused.status_code, refused.get_json()["errors"][0]["pointer"]) == (404, "#/job/1")
