"""Health, metrics, and what the types of problems lead to."""

import pytest

from service import queue
from web import error_pages


def test_health_asks_nothing_of_anybody(app):
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.get_json()["status"]) == (200, "ok")


def test_without_a_broker_the_service_is_not_ready(app):
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    checks = {"database": "ok", "broker": "broker-unavailable", "storage": "ok"}
    assert answer.get_json() == {"status": "unavailable", "checks": checks}


def test_with_all_parts_it_is_ready(app, monkeypatch):
    monkeypatch.setattr(queue, "check", lambda _app: None)
    assert app.test_client().get("/readyz").status_code == 200


def test_with_old_tables_it_is_not_ready(app, settings, monkeypatch):
    monkeypatch.setattr(queue, "check", lambda _app: None)
    (settings.state_folder / "netmend.sqlite").unlink()
    app.extensions["netmend"].engine.dispose()
    checks = app.test_client().get("/readyz").get_json()["checks"]
    assert checks["database"] == "database-unavailable"


def test_metrics_are_those_of_prometheus(app):
    app.test_client().get("/healthz")
    answer = app.test_client().get("/metrics")
    assert 'route="/healthz"' in answer.text
    assert answer.headers["Content-Type"].startswith("text/plain; version=")


@pytest.mark.parametrize("code", error_pages.kinds())
def test_the_type_of_each_problem_leads_somewhere(app, code):
    told = app.test_client().get(f"/problems/{code}").get_json()
    assert told["code"] == code
    assert told["title"]


def test_a_browser_gets_a_page_about_a_problem(app):
    answer = app.test_client().get("/problems/training-diverged", headers={"Accept": "text/html"})
    assert "<code>learning_rate</code>" in answer.text


def test_a_problem_that_is_not_there_is_not_found(app):
    assert app.test_client().get("/problems/x").get_json()["type"] == "/problems/not-found"
