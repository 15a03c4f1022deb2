"""Each request is a line in the log."""

import flask
import pytest
import structlog
from structlog.testing import capture_logs

from service.accounts import Identity
from web import request_log, security


@pytest.fixture
def client():
    app = flask.Flask("test")
    security.register(app)
    request_log.register(app)

    def view(name):
        structlog.get_logger("view").info("inside")
        return name

    app.add_url_rule("/things/<name>", "thing", view)
    app.add_url_rule("/healthz", "health", lambda: "ok")
    app.add_url_rule("/bug", "bug", lambda: 1 / 0)
    yield app.test_client()
    structlog.contextvars.clear_contextvars()


def lines(client, path, **options):
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logged:
        client.get(path, **options)
    return logged


def test_a_request_is_one_line_with_its_route_and_no_name(client):
    _, line = lines(client, "/things/secret.h5?q=face")
    assert line.pop("ms") >= 0
    assert line.pop("request_id")
    assert line == {
        "event": "request answered", "log_level": "info", "method": "GET",
        "route": "/things/<name>", "status": 200, "user_id": None,
    }  # fmt: skip


def test_what_is_logged_meanwhile_has_the_id_of_the_request(client):
    inside, end = lines(client, "/things/a", headers={"X-Request-Id": "mine"})
    assert (inside["request_id"], end["request_id"]) == ("mine", "mine")


def test_the_next_request_has_another_id(client):
    ids = {lines(client, "/things/a")[0]["request_id"] for _ in range(3)}
    assert len(ids) == 3


def test_what_leads_nowhere_is_logged_without_its_path(client):
    (line,) = lines(client, "/guess")
    assert (line["route"], line["status"]) == ("unknown", 404)


def test_who_asked_is_logged_by_id(client):
    who = Identity(user_id="u", token_id="t", scopes=("read",))
    client.application.before_request(lambda: flask.g.setdefault("identity", who) and None)
    assert lines(client, "/things/a")[-1]["user_id"] == "u"


def test_questions_of_machines_are_told_only_to_who_wants_all(client):
    (line,) = lines(client, "/healthz")
    assert line["log_level"] == "debug"


def test_a_bug_is_logged_as_a_request_that_failed(client):
    (line,) = lines(client, "/bug")
    assert line["status"] == 500
