"""Jobs that wait are announced, and jobs of the dead are taken back."""

import os
import signal
import subprocess
import sys

import pytest
import sqlalchemy as sa

from service import db, jobs, queue
from service.errors import QueueUnavailable
from service.tables import Job
from worker import dispatcher

#: The dispatcher as a process that says when it has begun.
MAIN = """
from worker import dispatcher
dispatcher.go_round = lambda *_: print("round", flush=True)
dispatcher.main()
"""


@pytest.fixture
def sent(monkeypatch):
    sent = []
    monkeypatch.setattr(queue, "send", lambda app, name, job_id: sent.append((name, job_id)))
    return sent


def go_round(shop):
    dispatcher.go_round(shop.services.engine, None, shop.services.settings)


def test_a_job_that_waits_is_announced_once(shop, sent):
    job_id = shop.repair_job()
    go_round(shop)
    go_round(shop)
    assert sent == [("cpu", job_id)]
    assert shop.job(job_id).sends == 1


def test_a_job_whose_message_was_lost_is_announced_again(shop, sent):
    job_id = shop.repair_job()
    go_round(shop)
    with db.session_scope(shop.services.engine) as session:
        session.execute(sa.update(Job).values(sent_at=1.0))
    go_round(shop)
    assert sent == [("cpu", job_id)] * 2


def test_a_job_whose_worker_died_is_taken_back_and_announced(shop, sent):
    job_id = shop.repair_job()
    with db.session_scope(shop.services.engine) as session:
        jobs.claim(session, job_id, worker_id="dead", lease_s=-1.0)
    go_round(shop)
    assert sent == [("cpu", job_id)]
    assert (shop.job(job_id).state, shop.job(job_id).losses) == ("queued", 1)


def test_while_the_broker_is_away_nothing_counts_as_announced(shop, monkeypatch):
    def refuse(*_):
        raise QueueUnavailable

    monkeypatch.setattr(queue, "send", refuse)
    job_id = shop.repair_job()
    with pytest.raises(QueueUnavailable):
        go_round(shop)
    assert shop.job(job_id).sent_at is None


@pytest.mark.parametrize("trouble", [QueueUnavailable, *db.NOT_NOW])
def test_it_goes_on_after_trouble_until_it_is_over(shop, monkeypatch, trouble):
    rounds = []

    def fail_once(*_):
        rounds.append(1)
        if len(rounds) == 1:
            raise trouble

    monkeypatch.setattr(dispatcher, "go_round", fail_once)
    monkeypatch.setattr(dispatcher, "_PAUSE_S", 0.0)
    made = shop.services
    dispatcher.run(made.engine, None, made.settings, is_over=lambda: len(rounds) >= 3)
    assert len(rounds) == 3


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_as_a_process_it_ends_when_it_is_told_to(shop, number):
    state = shop.services.settings.state_folder
    environment = {**os.environ, "NETMEND_STATE_FOLDER": str(state)}
    command = [sys.executable, "-I", "-P", "-c", MAIN]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"round\n"
        process.send_signal(number)
        assert process.wait(10) == 0
