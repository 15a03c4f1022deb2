"""A message in the broker is a hint in JSON: what else lies there is thrown away unread."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from service import db, queue, workers
from tests import brokers, workshop

REPOSITORY = Path(__file__).parents[2]


class Touches:
    """Would make a file if it were unpickled."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return (Path.touch, (self.marker,))


@pytest.fixture
def shop(tmp_path):
    with (
        brokers.valkey() as broker_url,
        workshop.workshop(tmp_path / "state", broker_url=broker_url) as shop,
    ):
        yield shop


@contextlib.contextmanager
def worker(shop):
    """A worker as it is run in production."""
    settings = shop.services.settings
    environment = {
        **os.environ,
        "NETMEND_STATE_FOLDER": str(settings.state_folder),
        "NETMEND_BROKER_URL": settings.broker_url,
    }
    command = [sys.executable, "-m", "celery", "-A", "worker.app", "worker", "-Q", "cpu", "-c", "1"]
    with subprocess.Popen(
        command, env=environment, cwd=REPOSITORY, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def publish(shop, content, *, serializer):
    """What somebody could put there who got at the broker."""
    with (
        queue.make_app(shop.services.settings).connection_for_write() as connection,
        connection.Producer(serializer=serializer) as producer,
    ):
        producer.publish(
            content, routing_key="cpu", headers={"task": queue.TASK, "id": "1"}, retry=False
        )


def wait(condition, patience_s=60.0):
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_a_pickled_message_is_refused_and_the_worker_lives(shop, tmp_path):
    marker = tmp_path / "ran"
    publish(shop, ((Touches(marker),), {}, {}), serializer="pickle")
    with worker(shop) as process:
        wait(lambda: _is_there(shop))
        queue.send(queue.make_app(shop.services.settings), "cpu", "no-such-job")
        wait(lambda: "ContentDisallowed" in process.stderr.readline())
        assert process.poll() is None
    assert not marker.exists()


def _is_there(shop):
    with db.session_scope(shop.services.engine, read_only=True) as session:
        return bool(workers.list_workers(session, within_s=60))
