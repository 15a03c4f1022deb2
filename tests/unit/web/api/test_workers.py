"""Who works."""

from service import jobs, workers


def test_there_may_be_nobody(client):
    assert client.get("/api/v1/workers").get_json() == {"data": []}


def test_workers_that_were_heard_of_are_listed(client, held):
    slot = workers.Slot(id="w1", host="here", process=7, queues=("cpu",), device="cpu")
    with held.session() as session:
        workers.seen(session, slot)
    (worker,) = client.get("/api/v1/workers").get_json()["data"]
    assert (worker["id"], worker["queues"], worker["is_busy"]) == ("w1", ["cpu"], False)


def test_what_a_worker_does_is_told(client, held, job):
    slot = workers.Slot(id="w1", host="here", process=7, queues=("cpu",), device="cpu")
    with held.session() as session:
        workers.seen(session, slot, job_id=job["id"])
    (worker,) = client.get("/api/v1/workers").get_json()["data"]
    assert (worker["is_busy"], worker["job_id"]) == (True, job["id"])


def test_queues_tell_how_much_waits_and_runs(client, held, job):
    assert _cpu(client) == {"n_queued": 1, "n_running": 0, "n_workers": 0, "wait_seconds": None}
    with held.session() as session:
        jobs.claim(session, job["id"], worker_id="w", lease_s=60)
    assert _cpu(client)["n_running"] == 1


def test_where_a_worker_is_free_nobody_waits(client, held):
    slot = workers.Slot(id="w1", host="here", process=7, queues=("cpu",), device="cpu")
    with held.session() as session:
        workers.seen(session, slot)
    assert (_cpu(client)["n_workers"], _cpu(client)["wait_seconds"]) == (1, 0)


def _cpu(client):
    queues = client.get("/api/v1/queue").get_json()["data"]
    (found,) = [queue for queue in queues if queue.pop("name") == "cpu"]
    return found
