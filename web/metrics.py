"""What the web server counts itself, and what the database knows of all, for Prometheus."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import flask
import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from service.census import Census
from service.errors import DatabaseUnavailable

_NAME = "netmend-metrics"
#: A census is good for so long, whoever asks.
_FRESH_S = 5.0

#: What Prometheus asks for.
CONTENT_TYPE = prometheus_client.CONTENT_TYPE_LATEST


@dataclass(frozen=True, kw_only=True)
class _Meters:
    registry: CollectorRegistry
    requests: Counter
    seconds: Histogram


def register(app: flask.Flask, take_census: Callable[[], Census]) -> None:
    """Count and time the requests of this application, and tell how the whole service stands.

    Requests are counted in this process alone; the census is the same whoever is asked.
    """
    registry = CollectorRegistry()
    registry.register(Standing(take_census))
    app.extensions[_NAME] = _Meters(
        registry=registry,
        requests=Counter(
            "netmend_http_requests",
            "Requests that this process answered.",
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


class Standing(Collector):
    """Gauges made from a census when they are asked for, or from the last one if it is fresh."""

    def __init__(
        self, take_census: Callable[[], Census], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._take_census = take_census
        self._clock = clock
        self._lock = threading.Lock()
        self._taken: Census | None = None
        self._taken_at = 0.0

    def describe(self) -> Iterable[Metric]:
        """Nothing yet: a registry that asks what there is need not wait for the database."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """The gauges; where the database does not answer, that alone."""
        census = self._census()
        is_up = census is not None
        yield _gauge("database_up", "Whether the database answers.", {(): float(is_up)})
        if census is not None:
            yield from _gauges(census)

    def _census(self) -> Census | None:
        with self._lock:  # of several who ask at once, one asks the database
            if self._taken is None or self._clock() - self._taken_at >= _FRESH_S:
                try:
                    self._taken = self._take_census()
                except DatabaseUnavailable:
                    self._taken = None
                self._taken_at = self._clock()
            return self._taken


def _gauges(census: Census) -> Iterator[Metric]:
    yield _gauge(
        "jobs",
        "Jobs that have not ended, by queue and state.",
        {(count.queue, count.state): count.n_jobs for count in census.open_jobs},
        "queue",
        "state",
    )
    yield _gauge("jobs_ended", "Jobs that have ended.", _single(census.ended_jobs), "state")
    yield _gauge("jobs_judged", "Jobs by what they found.", _single(census.verdicts), "verdict")
    yield _gauge(
        "oldest_waiting_job_seconds",
        "Age of the oldest job that waits.",
        _single(census.oldest_waiting_s),
        "queue",
    )
    yield _gauge("workers", "Slots that take jobs.", _single(census.workers), "queue")
    yield _gauge(
        "expired_leases",
        "Jobs whose worker is silent, and that nobody has taken back yet.",
        {(): census.expired_leases},
    )
    yield _gauge("worker_losses", "How often a job lost its worker.", {(): census.worker_losses})
    yield _gauge(
        "uploads_receiving", "Uploads that are not complete.", {(): census.uploads_receiving}
    )


def _single(values: Mapping[str, float]) -> dict[tuple[str, ...], float]:
    return {(name,): value for name, value in values.items()}


def _gauge(
    name: str, help_: str, values: Mapping[tuple[str, ...], float], *labels: str
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"netmend_{name}", help_, labels=labels)
    for label_values, value in values.items():
        family.add_metric(label_values, value)
    return family


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
