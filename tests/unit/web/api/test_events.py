"""What happened to a job: as JSON, as a stream, as text."""

import pytest

from core.results import Event
from service import jobs
from web import streams

STREAM = {"Accept": "text/event-stream"}


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(streams, "_LOOK_S", 0.01)


@pytest.fixture
def ended(client, held, job):
    """Address of a job with five events: queued, starting, running, progress, succeeded."""
    with held.session() as session:
        claim = jobs.claim(session, job["id"], worker_id="w", lease_s=60)
        jobs.start(session, claim)
        jobs.record_events(session, claim, [Event(stage="prune", current=1, total=2)])
        jobs.finish(session, claim, jobs.Outcome())
    return f"/api/v1/jobs/{job['id']}"


def test_events_are_in_order(client, ended):
    told = client.get(f"{ended}/events").get_json()
    assert [event["seq"] for event in told["data"]] == [1, 2, 3, 4, 5]
    assert [event["data"].get("state") for event in told["data"]][:3] == [
        "queued", "starting", "running",
    ]  # fmt: skip
    assert told["data"][3]["data"]["stage"] == "prune"


def test_it_is_told_when_no_more_will_come(client, ended):
    told = client.get(f"{ended}/events").get_json()
    assert (told["last"], told["is_final"]) == (5, True)


def test_it_is_told_that_more_may_come(client, job):
    told = client.get(f"/api/v1/jobs/{job['id']}/events").get_json()
    assert (told["last"], told["is_final"]) == (1, False)


def test_one_can_ask_for_what_is_new(client, ended):
    told = client.get(f"{ended}/events?after=3").get_json()
    assert [event["seq"] for event in told["data"]] == [4, 5]


@pytest.mark.parametrize("after", ["x", "-1", "1.5", "9" * 20])
def test_a_number_that_is_none_is_refused(client, ended, after):
    assert client.get(f"{ended}/events?after={after}").status_code == 422


def test_a_stream_tells_all_and_ends_with_the_job(client, ended):
    answer = client.get(f"{ended}/events", headers=STREAM)
    assert answer.mimetype == "text/event-stream"
    assert answer.data.count(b"\ndata: ") == 5
    assert b"id: 4\nevent: progress\n" in answer.data


def test_a_stream_goes_on_where_it_was_cut(client, ended):
    answer = client.get(f"{ended}/events", headers={**STREAM, "Last-Event-ID": "4"})
    assert answer.data.count(b"\ndata: ") == 1
    assert b"id: 5\n" in answer.data


@pytest.mark.parametrize("given", ["", "x", "-1", "9" * 30])
def test_a_stream_that_was_cut_nowhere_begins_at_the_start(client, ended, given):
    answer = client.get(f"{ended}/events", headers={**STREAM, "Last-Event-ID": given})
    assert answer.data.count(b"\ndata: ") == 5


def test_who_has_seen_everything_is_told_not_to_come_back(client, ended):
    answer = client.get(f"{ended}/events", headers={**STREAM, "Last-Event-ID": "5"})
    assert answer.status_code == 204


def test_a_stream_follows_a_job(client, held, job):
    with client.get(f"/api/v1/jobs/{job['id']}/events", headers=STREAM) as answer:
        parts = answer.iter_encoded()
        assert b"retry:" in next(parts)
        assert b'"state":"queued"' in next(parts)
        client.post(f"/api/v1/jobs/{job['id']}/cancel")
        assert b'"state":"canceled"' in next(parts)
        assert list(parts) == []


def test_one_stream_too_many_is_refused_and_json_still_works(client, job):
    address = f"/api/v1/jobs/{job['id']}/events"
    held = [client.get(address, headers=STREAM) for _ in range(2)]
    refused = client.get(address, headers=STREAM)
    assert (refused.status_code, refused.get_json()["code"]) == (503, "too-many-streams")
    assert refused.headers["Retry-After"] == "2"
    assert client.get(address).status_code == 200
    held[0].close()
    client.get(address, headers=STREAM).close()
    held[1].close()
