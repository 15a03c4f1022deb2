"""The web server counts its requests, and tells how the service stands."""

import flask
import pytest

from service.census import Census, JobCount
from service.errors import DatabaseUnavailable
from web import metrics

CENSUS = Census(
    open_jobs=(JobCount(queue="cpu", state="queued", n_jobs=3),),
    oldest_waiting_s={"cpu": 12.5},
    ended_jobs={"succeeded": 7},
    verdicts={"repaired": 5},
    expired_leases=2,
    worker_losses=4,
    workers={"quick": 1},
    uploads_receiving=6,
)


@pytest.fixture
def bare():
    app = flask.Flask("test")
    metrics.register(app, lambda: CENSUS)
    app.add_url_rule("/things/<name>", "thing", lambda name: name)
    app.add_url_rule("/metrics", "metrics", metrics.text)
    return app.test_client()


class Clock:
    """A time that tests set, and how often was asked what."""

    def __init__(self, answer=CENSUS):
        self.now_s = 100.0
        self.n_asked = 0
        self.answer = answer

    def take_census(self):
        self.n_asked += 1
        if self.answer is None:
            raise DatabaseUnavailable
        return self.answer

    def standing(self):
        return metrics.Standing(self.take_census, clock=lambda: self.now_s)


def names(standing):
    return {metric.name for metric in standing.collect()}


def test_requests_are_counted_by_route_not_by_path(bare):
    bare.get("/things/a")
    bare.get("/things/b")
    line = 'netmend_http_requests_total{method="GET",route="/things/<name>",status="200"} 2.0'
    assert line in bare.get("/metrics").text


def test_what_leads_nowhere_is_one_series(bare):
    bare.get("/guess/1")
    bare.get("/guess/2")
    assert 'route="unknown",status="404"} 2.0' in bare.get("/metrics").text


def test_requests_are_timed(bare):
    bare.get("/things/a")
    assert "netmend_http_request_seconds_count" in bare.get("/metrics").text


@pytest.mark.parametrize(
    "line",
    [
        "netmend_database_up 1.0",
        'netmend_jobs{queue="cpu",state="queued"} 3.0',
        'netmend_jobs_ended{state="succeeded"} 7.0',
        'netmend_jobs_judged{verdict="repaired"} 5.0',
        'netmend_oldest_waiting_job_seconds{queue="cpu"} 12.5',
        'netmend_workers{queue="quick"} 1.0',
        "netmend_expired_leases 2.0",
        "netmend_worker_losses 4.0",
        "netmend_uploads_receiving 6.0",
    ],
)
def test_each_number_of_the_census_is_told(bare, line):
    assert line in bare.get("/metrics").text.splitlines()


def test_a_census_is_not_taken_again_while_it_is_fresh():
    clock = Clock()
    standing = clock.standing()
    list(standing.collect())
    clock.now_s += 4
    list(standing.collect())
    assert clock.n_asked == 1
    clock.now_s += 2
    list(standing.collect())
    assert clock.n_asked == 2


def test_a_database_that_is_away_is_told_instead_of_old_numbers():
    clock = Clock()
    standing = clock.standing()
    list(standing.collect())
    clock.now_s, clock.answer = clock.now_s + 10, None
    assert names(standing) == {"netmend_database_up"}
    clock.now_s, clock.answer = clock.now_s + 10, CENSUS
    assert "netmend_jobs" in names(standing)


def test_an_application_counts_its_own_database(app, job):
    lines = app.test_client().get("/metrics").text.splitlines()
    assert 'netmend_jobs{queue="cpu",state="queued"} 1.0' in lines
