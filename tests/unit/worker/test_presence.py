"""A worker is seen while it is there."""

import threading

import pytest

from service.errors import DatabaseUnavailable
from worker.presence import Presence


@pytest.fixture
def heard():
    return []


@pytest.fixture
def listen(heard):
    """A presence that is heard, and a way to wait until it was heard so often."""
    count = threading.Semaphore(0)

    def say(job_id):
        heard.append(job_id)
        count.release()
        if len(heard) == 1:
            raise DatabaseUnavailable

    presence = Presence(say, every_s=0.01)
    presence.start()
    yield presence, lambda times: all(count.acquire(timeout=5) for _ in range(times))
    presence.stop()


def test_it_says_so_again_also_after_it_was_not_heard(listen):
    _, wait = listen
    assert wait(3)


def test_it_names_the_job_it_has(listen, heard):
    presence, wait = listen
    with presence.busy("a job"):
        assert wait(3)
    assert "a job" in heard
    heard.clear()
    assert wait(6)
    assert heard[-1] is None
