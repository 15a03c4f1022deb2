"""The lease is kept from a thread, and what comes back is heeded."""

import time

import pytest

from core.results import Event
from service import db
from service.errors import DatabaseUnavailable
from service.jobs import Beat
from worker.endings import CancelWanted, LeaseLost
from worker.heartbeat import Heartbeat

ALIVE = Beat(cancel_requested=False)


class Database:
    """Answers beats as it is told, and remembers what it was sent."""

    def __init__(self, answer=ALIVE):
        self.answer = answer
        self.told = []
        self.n_beats = 0

    def beat(self, events):
        self.n_beats += 1
        if self.answer in db.NOT_NOW:
            raise self.answer
        self.told += events
        return self.answer


@pytest.fixture
def database():
    return Database()


def heartbeat(database, *, lease_s=30.0, heartbeat_s=0.02):
    return Heartbeat(
        database.beat, lease_s=lease_s, heartbeat_s=heartbeat_s, claimed_at=time.monotonic()
    )


def soon(condition, patience_s=5.0):
    deadline = time.monotonic() + patience_s
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.005)
    return condition()


def refusal(heart):
    """What the heartbeat says that it is not to go on for."""
    try:
        heart.check()
    except (CancelWanted, LeaseLost) as stop:
        return type(stop)
    return None


def test_it_beats_again_and_again(database):
    with heartbeat(database) as heart:
        assert soon(lambda: database.n_beats > 3)
        assert refusal(heart) is None


def test_it_stops_when_the_job_is_over(database):
    with heartbeat(database):
        pass
    n_beats = database.n_beats
    time.sleep(0.1)
    assert database.n_beats == n_beats


def test_events_are_told_once_and_in_order(database):
    events = [Event(stage="prune", current=n) for n in range(5)]
    with heartbeat(database) as heart:
        for event in events:
            heart.tell(event)
        assert soon(lambda: database.told == events)
        assert heart.untold() == []


def test_the_first_event_does_not_wait_for_the_next_beat(database):
    with heartbeat(database, heartbeat_s=30.0, lease_s=90.0) as heart:
        heart.tell(Event(stage="load"))
        assert soon(lambda: database.told, patience_s=2.0)


def test_a_wish_to_cancel_comes_back(database):
    database.answer = Beat(cancel_requested=True)
    with heartbeat(database) as heart:
        assert soon(lambda: refusal(heart) is CancelWanted)
        heart.check_lease()


def test_a_lost_lease_is_lost_for_good(database):
    database.answer = None
    with heartbeat(database) as heart:
        assert soon(lambda: refusal(heart) is LeaseLost)
        database.answer = ALIVE
        time.sleep(0.1)
        assert refusal(heart) is LeaseLost
        assert database.n_beats == 1


def test_without_a_database_the_lease_runs_out(database):
    database.answer = DatabaseUnavailable
    with heartbeat(database, lease_s=0.2) as heart:
        assert refusal(heart) is None
        assert soon(lambda: refusal(heart) is LeaseLost)


def test_a_beat_that_hangs_does_not_hold_the_lease(database):
    slow = Heartbeat(
        lambda _: time.sleep(1.0), lease_s=0.2, heartbeat_s=0.02, claimed_at=time.monotonic()
    )
    with slow:
        assert soon(lambda: refusal(slow) is LeaseLost, patience_s=0.6)


@pytest.mark.parametrize("trouble", db.NOT_NOW)
def test_events_outlast_a_database_that_is_away(database, trouble):
    database.answer = trouble
    events = [Event(stage="prune", current=n) for n in range(3)]
    with heartbeat(database) as heart:
        for event in events:
            heart.tell(event)
        assert soon(lambda: database.n_beats > 2)
        database.answer = ALIVE
        assert soon(lambda: database.told == events)


def test_the_lease_counts_from_before_the_beat(database):
    late = Heartbeat(
        database.beat, lease_s=5.0, heartbeat_s=1.0, claimed_at=time.monotonic() - 10.0
    )
    assert refusal(late) is LeaseLost
