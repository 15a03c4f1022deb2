"""Batches of a server, as a client sees them."""

import httpx
import pytest

from netmend.client import BatchCreate, JobCreate, JobData, WaitTimedOut
from tests.unit.netmend.client.conftest import ID, NOW

WANTED = BatchCreate(models=(ID,), data=(JobData(clean_validation=ID),))


def _batch(n_open=0, **fields):
    return {
        "id": ID, "owner_id": ID, "name": "", "tags": [], "n_jobs": 2, "n_open": n_open,
        "n_replaced": 0, "states": {"succeeded": 2 - n_open}, "verdicts": {}, "created_at": NOW,
        "finished_at": None, "request": {}, "best": [], "eta_seconds": None, **fields,
    }  # fmt: skip


def _answer(**body):
    return httpx.Response(200, json=body)


def test_a_batch_is_submitted_once_however_often_it_is_sent(client, server):
    server.trouble = [httpx.Response(503), _answer(**_batch(n_open=2))]
    assert client.batches.submit(WANTED).n_open == 2
    keys = {request.headers["Idempotency-Key"] for request in server.requests}
    assert (len(server.requests), len(keys)) == (2, 1)


@pytest.mark.parametrize(
    ("plan", "path"),
    [
        (lambda client: client.batches.plan(WANTED), "/api/v1/batches"),
        (
            lambda client: client.jobs.plan(JobCreate(model=ID, data=WANTED.data[0])),
            "/api/v1/jobs",
        ),
    ],
)
def test_a_plan_is_a_dry_run(client, server, plan, path):
    server.trouble = [_answer(n_jobs=1, jobs=[], estimated_seconds=None)]
    assert plan(client).n_jobs == 1
    (request,) = server.requests
    assert (request.url.path, request.url.params["dry_run"]) == (path, "true")


def test_a_list_goes_on_over_all_pages(client, server):
    pages = [{"data": [_batch()], "next": "more"}, {"data": [_batch()], "next": None}]
    server.trouble = [_answer(**page) for page in pages]
    assert [batch.id for batch in client.batches.list()] == [ID, ID]
    assert server.requests[1].url.params["cursor"] == "more"


def test_a_wait_tells_how_far_a_batch_has_got(client, server, monkeypatch):
    monkeypatch.setattr("netmend.client.batches.time.sleep", lambda _: None)
    server.trouble = [_answer(**_batch(n_open=n_open)) for n_open in (2, 1, 0)]
    told = []
    ended = client.batches.wait(ID, on_batch=lambda batch: told.append(batch.n_open))
    assert (ended.n_open, told) == (0, [2, 1, 0])


def test_a_wait_that_is_too_long_is_over(client, server):
    server.trouble = [_answer(**_batch(n_open=2))]
    with pytest.raises(WaitTimedOut, match="they go on"):
        client.batches.wait(ID, timeout_s=0)


def test_tables_come_as_text(client, server):
    server.trouble = [httpx.Response(200, text="a,b\n"), httpx.Response(200, text="c\n")]
    assert client.batches.results_csv(ID) == "a,b\n"
    assert client.jobs.compare_csv([ID, ID[::-1]]) == "c\n"
    assert server.requests[1].url.params.get_list("job") == [ID, ID[::-1]]
