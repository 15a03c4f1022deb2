"""Every error is a problem: class to status, code, request id, and nothing that is not for eyes."""

import re
from pathlib import Path

import flask
import pytest

from core import errors
from service import errors as service_errors
from web import error_pages, security
from web import errors as web_errors

REPOSITORY = Path(__file__).resolve().parents[3]
DOCUMENTED = {"service.errors", "web.errors"}
KINDS = sorted(error_pages.kinds().items())


@pytest.fixture
def app():
    app = flask.Flask("test")
    security.register(app)
    error_pages.register(app)
    app.add_url_rule("/raise/<code>", "raise", _raise)
    app.add_url_rule("/bug", "bug", lambda: 1 / 0)
    return app.test_client()


def _raise(code):
    raise error_pages.kinds()[code]("what was wrong", hint="do this", received=3)


def test_each_error_of_web_and_service_has_a_code_of_its_own():
    modules = {"core.errors", "service.errors", "web.errors"}
    codes = [kind.code for kind in _all(errors.ProjectError) if kind.__module__ in modules]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(("code", "kind"), KINDS, ids=[code for code, _ in KINDS])
def test_each_error_is_answered_as_a_problem(app, code, kind):
    answer = app.get(f"/raise/{code}")
    problem = answer.get_json()
    assert answer.mimetype == "application/problem+json"
    assert answer.status_code == problem["status"] == error_pages.status_of(kind)
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    assert problem["code"] == (code if answer.status_code < 500 else problem["code"])


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (service_errors.NotFound, 404),
        (service_errors.UploadOffsetMismatch, 409),
        (service_errors.DatabaseUnavailable, 503),
        (service_errors.InsufficientStorage, 507),
        (errors.InvalidParams, 422),
        (errors.NotHdf5, 415),
        (errors.TooLarge, 413),
        (errors.RepairFailed, 500),
        (web_errors.PreconditionRequired, 428),
    ],
)
def test_a_class_without_a_status_of_its_own_has_that_of_its_parent(kind, status):
    assert error_pages.status_of(kind) == status


def test_facts_are_told_as_data(app):
    problem = app.get("/raise/not-found").get_json()
    assert problem["title"] == "There is nothing with this id."
    assert (problem["detail"], problem["hint"]) == ("what was wrong", "do this")
    assert problem["details"] == {"received": 3}


@pytest.mark.parametrize("path", ["/bug", "/raise/internal", "/raise/error"])
def test_a_bug_is_told_without_its_message(app, path):
    answer = app.get(path)
    assert (answer.status_code, answer.get_json()["code"]) == (500, "internal")
    assert "ZeroDivision" not in answer.text
    assert "what was wrong" not in answer.text


def test_what_is_away_for_now_says_when_to_come_back(app):
    answer = app.get("/raise/database-unavailable")
    assert answer.headers["Retry-After"] == "2"
    assert answer.get_json()["retriable"] is True


def test_who_is_not_known_is_told_how_to_say_who_they_are(app):
    assert app.get("/raise/unauthenticated").headers["WWW-Authenticate"].startswith("Bearer")


def test_what_flask_refuses_is_a_problem_too(app):
    assert app.get("/nowhere").get_json()["code"] == "not-found"
    refused = app.post("/bug")
    assert (refused.get_json()["code"], refused.status_code) == ("method-not-allowed", 405)
    assert "GET" in refused.headers["Allow"]


def _all(kind):
    return [kind, *(found for child in kind.__subclasses__() for found in _all(child))]


def test_the_documentation_tells_the_status_of_each_code_of_service_and_web():
    page = (REPOSITORY / "docs" / "api.md").read_text()
    rows = re.findall(r"^\| ([0-9, ]+) \| (.*) \|$", page, re.MULTILINE)
    told = {(code, status) for status, codes in rows for code in re.findall("`([a-z-]+)`", codes)}
    ours = {kind for kind in _all(errors.ProjectError) if kind.__module__ in DOCUMENTED}
    answered = [kind for kind in ours if error_pages.status_of(kind) != 500]
    missing = [k for k in answered if not _is_told(k.code, error_pages.status_of(k), told)]
    assert missing == []


def _is_told(code, status, told):
    return any(code == known and str(status) in where for known, where in told)
