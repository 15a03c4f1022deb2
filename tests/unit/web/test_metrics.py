"""The web server counts its requests."""

import flask
import pytest

from web import metrics


@pytest.fixture
def client():
    app = flask.Flask("test")
    metrics.register(app)
    app.add_url_rule("/things/<name>", "thing", lambda name: name)
    app.add_url_rule("/metrics", "metrics", metrics.text)
    return app.test_client()


def test_requests_are_counted_by_route_not_by_path(client):
    client.get("/things/a")
    client.get("/things/b")
    line = 'netmend_http_requests_total{method="GET",route="/things/<name>",status="200"} 2.0'
    assert line in client.get("/metrics").text


def test_what_leads_nowhere_is_one_series(client):
    client.get("/guess/1")
    client.get("/guess/2")
    assert 'route="unknown",status="404"} 2.0' in client.get("/metrics").text


def test_requests_are_timed(client):
    client.get("/things/a")
    assert "netmend_http_request_seconds_count" in client.get("/metrics").text
