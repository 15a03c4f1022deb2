"""Workers are told of a job once it is certain to exist, and only then."""

import flask
import pytest

from service import errors, jobs, queue
from web import announcing


@pytest.fixture
def asked(app, held, job):
    """What comes of an answer with this status to a request that announced the job."""

    def ask(status):
        with app.test_request_context("/"), held.session() as session:
            announcing.after_this_request(session, job["id"])
            session.commit()
            return app.process_response(flask.Response(status=status))

    return ask


@pytest.fixture
def sent(monkeypatch):
    sent = []
    monkeypatch.setattr(queue, "check", lambda _app: None)
    monkeypatch.setattr(queue, "send", lambda _app, *message: sent.append(message))
    return sent


def test_a_job_that_is_kept_is_announced_in_its_queue(asked, sent, job):
    asked(202)
    assert sent[-1] == ("cpu", job["id"])


def test_a_job_that_was_not_kept_is_not_announced(asked, sent):
    before = list(sent)
    asked(503)
    assert sent == before


def test_an_announced_job_is_not_announced_again_at_once(asked, sent, held):
    asked(202)
    with held.session() as session:
        assert jobs.waiting(session, limit=9, resend_after_s=60) == []


def test_without_a_broker_it_is_left_to_the_dispatcher(asked, monkeypatch, held, job):
    def away(_app):
        raise errors.QueueUnavailable

    monkeypatch.setattr(queue, "check", away)
    assert asked(202).status_code == 202
    with held.session() as session:
        assert jobs.waiting(session, limit=9, resend_after_s=60) == [(job["id"], "cpu")]
