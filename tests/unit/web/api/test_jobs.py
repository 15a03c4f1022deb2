"""Jobs: submitted, listed, edited, canceled, done again."""

import csv

import pytest

from core import catalogue
from service import accounts, jobs, queue
from service.tables import Job

URL = "/api/v1/jobs"
NOBODY = "0190a0a0-0000-7000-8000-000000000000"


def _code(answer):
    return answer.status_code, answer.get_json()["code"]


def _claim(held, job):
    with held.session() as session:
        return jobs.claim(session, job["id"], worker_id="w", lease_s=60)


def _end(held, job):
    claim = _claim(held, job)
    with held.session() as session:
        jobs.finish(session, claim, jobs.Outcome())


def test_a_job_is_accepted_and_waits(client, inputs):
    answer = client.post(URL, json={**inputs, "name": "first", "tags": ["lab3"]})
    job = answer.get_json()
    assert (answer.status_code, answer.headers["Location"]) == (202, f"{URL}/{job['id']}")
    assert (job["state"], job["position"], job["tags"]) == ("queued", 1, ["lab3"])


def test_the_defaults_are_filled_in(client, inputs, job):
    assert client.post(URL, json=inputs).get_json()["method"] == catalogue.DEFAULT_METHOD
    assert job["request"]["params"]["epochs"] == 20
    assert job["request"]["max_accuracy_drops"] == [0.04]


def test_a_job_can_be_looked_at(client, job):
    assert client.get(f"{URL}/{job['id']}").get_json() == job


def test_the_same_key_makes_one_job(client, inputs):
    headers = {"Idempotency-Key": "one"}
    first, second = (client.post(URL, json=inputs, headers=headers) for _ in range(2))
    assert first.get_json()["id"] == second.get_json()["id"]
    repairs = client.get(f"{URL}?kind=repair").get_json()["data"]
    assert len(repairs) == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"method": "magic"}, "method-params-invalid"),
        ({"params": {"epochs": -1}}, "method-params-invalid"),
        ({"params": {"colour": "red"}}, "method-params-invalid"),
        ({"params": []}, "invalid-request"),
        ({"method": 3}, "invalid-request"),
        ({"model": "x"}, "invalid-request"),
        ({"data": {}}, "invalid-request"),
        ({"seed": -1}, "invalid-request"),
        ({"max_accuracy_drops": [2]}, "invalid-request"),
        ({"preprocessing": "magic"}, "invalid-request"),
        ({"colour": "red"}, "invalid-request"),
    ],
)
def test_a_job_that_cannot_be_is_refused(client, inputs, change, code):
    assert _code(client.post(URL, json={**inputs, **change})) == (422, code)


def test_a_job_for_a_model_that_is_not_there_is_refused(client, inputs):
    assert _code(client.post(URL, json={**inputs, "model": NOBODY})) == (404, "not-found")


def test_a_job_for_a_model_that_is_not_ready_is_refused(client, inputs, send):
    model = client.post("/api/v1/models", json={"upload_id": send(b"new")}).get_json()["id"]
    assert _code(client.post(URL, json={**inputs, "model": model})) == (409, "conflict")


@pytest.mark.parametrize("body", ["{", "[", "\x00", "{]", '{"a":NaN}'])
def test_what_is_no_json_is_refused(client, body):
    refused = client.post(URL, data=body, content_type="application/json")
    assert _code(refused) == (400, "malformed-json")


def test_what_is_not_declared_as_json_is_refused(client):
    assert _code(client.post(URL, data="x")) == (415, "unsupported-media-type")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=queued", 1),
        ("state=queued&state=succeeded", 3),
        ("state=failed", 0),
        ("kind=repair", 1),
        ("method=fine-pruning", 1),
        ("tag=lab3", 0),
        ("created_after=2020-01-01T00:00:00Z", 3),
        ("created_after=2099-01-01T00:00:00Z", 0),
        (f"model={NOBODY}", 0),
    ],
)
def test_jobs_are_filtered(client, job, query, found):
    assert len(client.get(f"{URL}?{query}").get_json()["data"]) == found


def test_a_list_comes_in_pages_that_keep_the_question(client, job):
    first = client.get(f"{URL}?kind=intake&limit=1")
    second = client.get(first.headers["Link"].partition(">")[0].removeprefix("<"))
    pages = [page.get_json()["data"] for page in (first, second)]
    assert [[item["kind"] for item in page] for page in pages] == [["intake"], ["intake"]]
    assert "Link" not in second.headers


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=201", "limit=x", "cursor=x", "state=lost", "unknown=1", "created_after=x",
     "created_after=2020-01-01", "created_after=0001-01-01T00:00:00%2B14:00", "owner=%00",
     "created_after=9999-12-31T23:59:59-14:00", "limit=1&limit=2", "model=x"],
)  # fmt: skip
def test_a_question_that_makes_no_sense_is_refused(client, query):
    assert _code(client.get(f"{URL}?{query}")) == (422, "invalid-request")


def test_what_has_not_changed_is_not_sent_again(client, job):
    etag = client.get(f"{URL}/{job['id']}").headers["ETag"]
    again = client.get(f"{URL}/{job['id']}", headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")


def _edit(client, job, etag, **changes):
    return client.patch(f"{URL}/{job['id']}", json=changes, headers={"If-Match": etag})


def test_name_tags_and_notes_can_be_edited(client, job):
    etag = client.get(f"{URL}/{job['id']}").headers["ETag"]
    edited = _edit(client, job, etag, name="new", tags=["a"], notes="n")
    view = edited.get_json()
    assert (view["name"], view["tags"], view["notes"]) == ("new", ["a"], "n")
    assert view["version"] == job["version"] + 1
    assert edited.headers["ETag"] == client.get(f"{URL}/{job['id']}").headers["ETag"]


def test_an_edit_of_an_old_version_is_refused(client, job):
    etag = client.get(f"{URL}/{job['id']}").headers["ETag"]
    _edit(client, job, etag, name="theirs")
    refused = _edit(client, job, etag, name="mine")
    assert _code(refused) == (412, "precondition-failed")


def test_progress_does_not_make_an_edit_old(client, held, job):
    etag = client.get(f"{URL}/{job['id']}").headers["ETag"]
    _claim(held, job)
    assert _edit(client, job, etag, name="mine").status_code == 200


def test_an_edit_has_to_say_of_what(client, job):
    refused = client.patch(f"{URL}/{job['id']}", json={"name": "x"})
    assert _code(refused) == (428, "precondition-required")


def test_nothing_else_can_be_edited(client, job):
    assert _code(_edit(client, job, '"1-x"', state="succeeded")) == (422, "invalid-request")


def test_a_job_that_waits_is_canceled_at_once(client, job):
    answer = client.post(f"{URL}/{job['id']}/cancel")
    assert (answer.status_code, answer.get_json()["state"]) == (200, "canceled")


def test_a_job_that_runs_is_going_to_be_canceled(client, held, job):
    _claim(held, job)
    answer = client.post(f"{URL}/{job['id']}/cancel")
    assert (answer.status_code, answer.get_json()["state"]) == (202, "canceling")


def test_a_job_that_has_ended_cannot_be_canceled(client, held, job):
    _end(held, job)
    assert _code(client.post(f"{URL}/{job['id']}/cancel")) == (409, "job-not-cancelable")


def test_a_job_is_done_again_with_changes(client, held, job):
    _end(held, job)
    overrides = {"seed": 7, "params": {"epochs": 1}}
    answer = client.post(f"{URL}/{job['id']}/retry", json={"overrides": overrides})
    again = answer.get_json()
    assert (answer.status_code, again["retry_of"]) == (202, job["id"])
    assert (again["request"]["seed"], again["request"]["params"]["epochs"]) == (7, 1)


def test_a_job_is_done_again_as_it_was(client, held, job):
    _end(held, job)
    again = client.post(f"{URL}/{job['id']}/retry").get_json()
    assert again["request"] == job["request"]


def test_a_job_that_runs_cannot_be_done_again(client, job):
    assert _code(client.post(f"{URL}/{job['id']}/retry")) == (409, "job-not-finished")


def test_a_change_that_does_not_fit_is_refused(client, held, job):
    _end(held, job)
    refused = client.post(f"{URL}/{job['id']}/retry", json={"overrides": {"seed": "x"}})
    assert refused.get_json()["errors"][0]["pointer"] == "#/overrides/seed"


@pytest.mark.parametrize("method", ["get", "patch", "post"])
@pytest.mark.parametrize("path", ["", "/cancel", "/retry", "/events", "/logs", "/artifacts"])
@pytest.mark.parametrize("name", [NOBODY, "x", "-1", "%00", "é", "..%2f..", "a" * 5000])
def test_a_job_that_is_not_there_breaks_nothing(client, method, path, name):
    headers = {"If-Match": '"1-x"'}
    answer = getattr(client, method)(f"{URL}/{name}{path}", json={}, headers=headers)
    assert answer.status_code in {404, 405, 308}


@pytest.fixture
def sent(monkeypatch):
    """Ids that the workers were told of."""
    sent = []
    monkeypatch.setattr(queue, "check", lambda _app: None)
    monkeypatch.setattr(queue, "send", lambda _app, _queue, job_id: sent.append(job_id))
    return sent


def test_workers_are_told_of_a_job_once_it_is_certain(client, sent, job):
    assert sent[-1] == job["id"]


def test_a_job_that_others_stand_before_is_left_to_the_dispatcher(client, sent, inputs, job):
    client.post(URL, json=inputs)
    assert sent[-1] == job["id"]


def test_workers_are_not_told_of_what_was_refused(client, sent, inputs):
    before = list(sent)
    client.post(URL, json={**inputs, "model": NOBODY})
    assert sent == before


def test_a_job_is_accepted_although_the_broker_is_away(client, inputs):
    assert client.post(URL, json=inputs).status_code == 202


def test_everything_that_is_wrong_is_named_at_once(client):
    refused = client.post(
        URL, json={"model": "x", "data": {}, "params": {"epochs": -1, "colour": "red"}}
    )
    pointers = {item["pointer"] for item in refused.get_json()["errors"]}
    assert pointers == {
        "#/model", "#/data/clean_validation", "#/params/epochs", "#/params/colour",
    }  # fmt: skip


def test_all_models_and_data_sets_that_are_not_there_are_named(client):
    refused = client.post(URL, json={"model": NOBODY, "data": {"clean_validation": NOBODY}})
    pointers = [item["pointer"] for item in refused.get_json()["errors"]]
    assert (refused.status_code, pointers) == (404, ["#/model", "#/data/clean_validation"])


def test_a_dry_run_tells_of_the_job_and_makes_none(client, inputs):
    headers, inputs = {"Idempotency-Key": "one"}, {**inputs, "method": "fine-pruning"}
    answer = client.post(f"{URL}?dry_run=true", json=inputs, headers=headers)
    plan = answer.get_json()
    assert (answer.status_code, plan["n_jobs"], plan["estimated_seconds"]) == (200, 1, None)
    assert plan["jobs"][0]["request"]["params"]["epochs"] == 20
    assert client.get(f"{URL}?kind=repair").get_json()["data"] == []
    assert client.post(URL, json=inputs, headers=headers).status_code == 202


def test_a_dry_run_warns_of_what_may_not_be_meant(client, inputs):
    plan = client.post(f"{URL}?dry_run=true", json=inputs).get_json()
    assert [text.partition(":")[0] for text in plan["jobs"][0]["warnings"]] == [
        "no poisoned test set", "no clean test set",
    ]  # fmt: skip


def test_a_dry_run_refuses_what_the_job_would_be_refused_for(client, inputs):
    refused = client.post(f"{URL}?dry_run=true", json={**inputs, "model": NOBODY})
    assert _code(refused) == (404, "not-found")


def test_who_would_wait_is_told_at_once_when_the_wait_is_over(client, inputs):
    accepted = client.post(URL, json=inputs, headers={"Prefer": "wait=1"})
    assert accepted.status_code == 202
    assert "Preference-Applied" not in accepted.headers


def test_who_waits_is_answered_when_the_job_has_ended(client, held, inputs, monkeypatch):
    monkeypatch.setattr(queue, "check", lambda _app: None)
    monkeypatch.setattr(queue, "send", lambda _app, _queue, job_id: _end(held, {"id": job_id}))
    answer = client.post(URL, json=inputs, headers={"Prefer": "respond-sync, wait=20"})
    assert (answer.status_code, answer.get_json()["state"]) == (200, "succeeded")
    assert answer.headers["Preference-Applied"] == "wait=20"


def test_nobody_waits_where_all_streams_are_taken(client, held, inputs):
    with held.streams.room(), held.streams.room():
        accepted = client.post(URL, json=inputs, headers={"Prefer": "wait=60"})
    assert accepted.status_code == 202


def test_a_list_is_sorted_and_its_pages_go_on(client, inputs):
    ids = [client.post(URL, json=inputs).get_json()["id"] for _ in range(3)]
    first = client.get(f"{URL}?kind=repair&sort=finished_at&limit=2").get_json()
    address = f"{URL}?kind=repair&sort=finished_at&limit=2&cursor={first['next']}"
    found = [*first["data"], *client.get(address).get_json()["data"]]
    assert [job["id"] for job in found] == ids


@pytest.mark.parametrize(("query", "total"), [("", None), ("&total=true", 2)])
def test_a_list_is_counted_where_that_is_asked_for(client, job, query, total):
    page = client.get(f"{URL}?kind=intake&limit=1{query}").get_json()
    assert (len(page["data"]), page["total"]) == (1, total)


def test_a_list_is_a_table_for_spreadsheets(client, inputs):
    client.post(URL, json={**inputs, "name": '=HYPERLINK("http://x")'})
    answer = client.get(f"{URL}.csv?kind=repair")
    (row,) = csv.DictReader(answer.text.splitlines())
    assert (row["name"], row["state"]) == ('\'=HYPERLINK("http://x")', "queued")
    assert answer.headers["Content-Disposition"] == "attachment; filename=jobs.csv"


def test_a_table_has_more_rows_than_a_page(client, held, job):
    with held.session() as session:
        owner = accounts.find_user(session, "somebody")
        rows = [Job(kind="repair", queue="cpu", owner_id=owner.id, request={}) for _ in range(250)]
        session.add_all(rows)
    assert len(client.get(f"{URL}.csv").text.splitlines()) == 254
