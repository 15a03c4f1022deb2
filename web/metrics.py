"""What the web server counts, for Prometheus."""

import time
from dataclasses import dataclass

import flask
import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Histogram

_NAME = "netmend-metrics"

#: What Prometheus asks for.
CONTENT_TYPE = prometheus_client.CONTENT_TYPE_LATEST


@dataclass(frozen=True, kw_only=True)
class _Meters:
    registry: CollectorRegistry
    requests: Counter
    seconds: Histogram


def register(app: flask.Flask) -> None:
    """Count and time the requests of this application."""
    registry = CollectorRegistry()
    app.extensions[_NAME] = _Meters(
        registry=registry,
        requests=Counter(
            "netmend_http_requests",
            "Requests that were answered.",
            ["method", "route", "status"],
            registry=registry,
        ),
        seconds=Histogram(
            "netmend_http_request_seconds",
            "Time from the request to the start of its answer.",
            ["method", "route"],
            registry=registry,
        ),
    )
    app.before_request(_start)
    app.after_request(_count)


def text() -> bytes:
    """Everything counted so far, in the text form of Prometheus."""
    return prometheus_client.generate_latest(_meters().registry)


def _start() -> None:
    flask.g.began = time.monotonic()


def _count(response: flask.Response) -> flask.Response:
    method = flask.request.method
    # The rule, not the path: ids would make a series each.
    route = str(flask.request.url_rule or "unknown")
    _meters().requests.labels(method, route, response.status_code).inc()
    if "began" in flask.g:
        _meters().seconds.labels(method, route).observe(time.monotonic() - flask.g.began)
    return response


def _meters() -> _Meters:
    meters: _Meters = flask.current_app.extensions[_NAME]
    return meters
