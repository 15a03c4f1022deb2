"""The API as it runs: a server with threads, a database on the disk, clients that are cut off."""

import hashlib
import os
import socket
import subprocess
import sys
import time

import httpx
import psutil
import pytest

from service import accounts, db, jobs, tables
from service.settings import Settings

MIB = 1024 * 1024
STREAM = {"Accept": "text/event-stream"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("state")
    return Settings(
        state_folder=folder,
        broker_url=f"redis+socket://{folder}/nobody.sock",
        max_upload_bytes=256 * MIB,
        min_free_bytes=0,
    )


@pytest.fixture(scope="module")
def engine(settings):
    engine = db.make_engine(settings)
    db.upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def token(engine):
    with db.session_scope(engine) as session:
        user = accounts.create_user(session, "somebody", "admin")
        return accounts.issue_token(session, user, "test", ["admin"])


@pytest.fixture(scope="module")
def server(settings, engine):
    """Address and process of a running server."""
    listener = socket.create_server(("127.0.0.1", 0))
    command = [
        *(sys.executable, "-m", "gunicorn", "web.app:from_environment()"),
        *(
            "--bind",
            f"fd://{listener.fileno()}",
            "--threads",
            "16",
            "--no-control-socket",
            "--graceful-timeout",
            "2",
        ),
    ]
    variables = {
        f"NETMEND_{name.upper()}": str(getattr(settings, name))
        for name in ("state_folder", "broker_url", "max_upload_bytes", "min_free_bytes")
    }
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    process = subprocess.Popen(
        command, env={**os.environ, **variables}, pass_fds=[listener.fileno()]
    )
    with listener, process:
        try:
            _wait_until_it_answers(address)
            yield address, process
        finally:
            process.terminate()


@pytest.fixture
def client(server, token):
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=server[0], headers=headers, timeout=30) as client:
        yield client


@pytest.fixture
def job(engine):
    """Id of a job that waits."""
    with db.session_scope(engine) as session:
        owner = accounts.find_user(session, "somebody")
        job = tables.Job(kind="repair", queue="cpu", owner_id=owner.id, request={}, n_events=1)
        session.add(job)
        session.flush()
        told = tables.JobEvent(job_id=job.id, seq=1, type="state", data={"state": "queued"})
        session.add(told)
        return job.id


def _wait_until_it_answers(address):
    deadline = time.monotonic() + 30
    while True:
        try:
            return httpx.get(f"{address}/healthz").raise_for_status()
        except httpx.HTTPError:
            assert time.monotonic() < deadline, "the server does not come up"
            time.sleep(0.05)


def _wait_for_room(client, address):
    """Until the server has seen that the streams are closed; it looks twice a second."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        with client.stream("GET", address, headers=STREAM) as answer:
            if answer.status_code == 200:
                return
        time.sleep(0.1)
    pytest.fail("closed streams keep their room")


def _announce(client, **body):
    return client.post("/api/v1/uploads", json={"file_name": "a.h5", **body}).headers["Location"]


def _head_of_a_patch(client, upload, n_bytes, offset=0):
    lines = [
        f"PATCH {upload} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: {client.headers['Authorization']}",
        f"Upload-Offset: {offset}",
        f"Content-Length: {n_bytes}",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def _connect(server):
    host, _, port = server[0].removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), timeout=10)


def _go_on(client, upload, content):
    """Send the rest, from where the server says; it may still be busy with what was cut off.

    Returns:
        The offset that was gone on from, and the one that was reached.
    """
    deadline = time.monotonic() + 20
    while True:
        offset = int(client.head(upload).headers["Upload-Offset"])
        headers = {"Upload-Offset": str(offset)}
        sent = client.patch(upload, content=content[offset:], headers=headers)
        if sent.status_code == 204 or time.monotonic() > deadline:
            return offset, int(sent.headers["Upload-Offset"])
        time.sleep(0.05)


def test_an_upload_that_was_cut_off_goes_on_to_the_same_hash(server, client):
    content = os.urandom(20 * MIB)
    upload = _announce(client, n_bytes=len(content))
    with _connect(server) as connection:
        connection.sendall(_head_of_a_patch(client, upload, len(content)) + content[: 12 * MIB])
        time.sleep(0.5)  # so that something has arrived, and something has not
    offset, reached = _go_on(client, upload, content)
    sha256 = hashlib.sha256(content).hexdigest()
    completed = client.post(f"{upload}/complete", json={"sha256": sha256})
    assert (0 < offset <= 12 * MIB, reached) == (True, len(content))
    assert (completed.status_code, completed.json()["sha256"]) == (200, sha256)


def test_too_large_an_upload_is_refused_before_it_is_read(server, client):
    upload = _announce(client)
    with _connect(server) as connection:
        connection.sendall(_head_of_a_patch(client, upload, 10**12))
        answer = connection.makefile("rb").readline()
    assert answer.startswith(b"HTTP/1.1 413 ")


def test_bytes_of_unknown_number_are_received_up_to_the_limit(client):
    upload = _announce(client, n_bytes=3 * MIB)
    headers = {"Upload-Offset": "0"}
    sent = client.patch(upload, content=iter([bytes(MIB)] * 3), headers=headers)
    assert (sent.status_code, sent.headers["Upload-Offset"]) == (204, str(3 * MIB))


def test_an_upload_for_another_place_is_told_the_right_one(client):
    upload = _announce(client)
    refused = client.patch(upload, content=bytes(5 * MIB), headers={"Upload-Offset": "7"})
    assert (refused.status_code, refused.headers["Upload-Offset"]) == (409, "0")


def test_a_large_upload_takes_no_memory_and_lets_others_through(server, client):
    worker = psutil.Process(server[1].pid).children()[0]
    before = worker.memory_info().rss
    sizes, waits = [], []

    def content():
        for _ in range(200):
            yield bytes(MIB)
            began = time.monotonic()
            httpx.get(f"{server[0]}/healthz")
            waits.append(time.monotonic() - began)
            sizes.append(worker.memory_info().rss)

    upload = _announce(client, n_bytes=200 * MIB)
    sent = client.patch(upload, content=content(), headers={"Upload-Offset": "0"})
    assert sent.headers["Upload-Offset"] == str(200 * MIB)
    assert max(sizes) - before < 64 * MIB
    assert sorted(waits)[190] < 0.3


def test_streams_are_capped_and_the_others_are_still_served(client, job):
    address = f"/api/v1/jobs/{job}/events"
    requests = [client.build_request("GET", address, headers=STREAM) for _ in range(6)]
    held = [client.send(request, stream=True) for request in requests]
    refused = client.get(address, headers=STREAM)
    assert {answer.status_code for answer in held} == {200}
    assert (refused.status_code, refused.json()["code"]) == (503, "too-many-streams")
    assert refused.headers["Retry-After"] == "2"
    assert client.get(address).json()["data"][0]["seq"] == 1
    for answer in held:
        answer.close()
    _wait_for_room(client, address)


def test_a_stream_that_was_cut_goes_on_after_the_last_event(client, engine, job):
    address = f"/api/v1/jobs/{job}/events"
    with client.stream("GET", address, headers=STREAM) as cut:
        assert "id: 1" in cut.iter_lines()
    with db.session_scope(engine) as session:
        jobs.cancel(session, job)
    lines = client.get(address, headers={**STREAM, "Last-Event-ID": "1"}).text.splitlines()
    assert [line for line in lines if line.startswith("id:")] == ["id: 2"]


def test_two_who_ask_at_once_with_one_key_make_one_thing(server, token):
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "race"}
    url = f"{server[0]}/api/v1/uploads"
    command = [
        *("curl", "--silent", "--parallel", "--parallel-immediate", "--parallel-max", "8"),
        *(part for name, value in headers.items() for part in ("-H", f"{name}: {value}")),
        *("-H", "Content-Type: application/json", "-d", '{"file_name": "a"}'),
        *(part for _ in range(8) for part in (url, "-o", "/dev/stdout")),
    ]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert len(set(told.replace("}{", "}\n{").splitlines())) == 1
