"""What the API takes to answer when 100,000 jobs have been done, on SQLite and on PostgreSQL.

The time is that of the web application, from the request to its answer, without a network.
Run: python -m benchmarks.rows [NUMBER OF JOBS]
"""

import datetime
import logging
import statistics
import sys
import time
import urllib.parse
from collections.abc import Callable, Mapping

import sqlalchemy as sa
import structlog
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from netmend.embedded import access
from service import db, jobs
from service.settings import Settings
from service.tables import Job
from web.app import create_app

from . import claims, databases, many_jobs
from .many_jobs import Given

_N_JOBS, _N_WAITING = 100_000, 10_000
_N_ASKED = 40
_JOBS = "/api/v1/jobs"


def main() -> None:
    """Print a table for each database: a row for each kind of request."""
    n_jobs = int(sys.argv[1]) if len(sys.argv) > 1 else _N_JOBS
    for kind in databases.KINDS:
        with databases.fresh(kind) as settings:
            engine = db.make_engine(settings)
            given = many_jobs.fill(engine, n_jobs)
            requests = {**_lists(engine, given), **_others(engine)}
            print(f"\n{kind}, {n_jobs:,} jobs\n")
            print("| request | median ms | p95 ms | max ms | SQL statements |")
            print("|---|---|---|---|---|")
            _measure(settings, engine, requests)
            _print_dispatcher(engine)
            engine.dispose()


def _lists(engine: sa.Engine, given: Given) -> Mapping[str, list[str]]:
    """Lists of jobs, by what is told of them; several with other values are asked in turn."""
    recent = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=1)
    model, dataset = given.models[:5], given.datasets[:5]
    return {
        "first page": [_list()],
        "200 jobs": [_list(limit=200)],
        "deep page": [_list(cursor=cursor) for cursor in ids_at(engine, (0.5, 0.9, 0.99))],
        "state": [_list(state="succeeded"), _list(state="queued"), _list(state="running")],
        "state, none": [_list(state="failed")],
        "verdict": [_list(verdict="partial"), _list(verdict=["partial", "not_repaired"])],
        "verdict, none": [_list(verdict="unchanged")],
        "method": [_list(method=method) for method in many_jobs.METHODS],
        "method, none": [_list(method="no-such-method")],
        "kind, none": [_list(kind="intake")],
        "model": [_list(model=item) for item in model],
        "data set": [_list(dataset=item) for item in dataset],
        "owner": [_list(owner=item) for item in given.users[:5]],
        "tag": [_list(tag=tag) for tag in many_jobs.TAGS[:5]],
        "tag on 3 jobs": [_list(tag=many_jobs.RARE_TAG)],
        "tag, none": [_list(tag="nobody")],
        "q": [_list(q="sunglasses"), _list(q="multi seed")],
        "q in 3 jobs": [_list(q=many_jobs.RARE_WORD)],
        "q, none": [_list(q="nothing like that")],
        "created after": [_list(created_after=recent.isoformat())],
        "state, verdict, method, tag": [
            _list(state="succeeded", verdict="partial", method=many_jobs.METHODS[0], tag=tag)
            for tag in many_jobs.TAGS[:5]
        ],
        "model, verdict, q": [_list(model=item, verdict="partial", q="seed") for item in model],
        "owner, tag on 3 jobs": [_list(owner=given.users[0], tag=many_jobs.RARE_TAG)],
        "model, tag on 3 jobs": [_list(model=model[0], tag=many_jobs.RARE_TAG)],
        **_sorted(given),
    }


def _sorted(given: Given) -> Mapping[str, list[str]]:
    """Lists in other orders than newest first."""
    by = ("-finished_at", "attack_success_rate_after", "-clean_accuracy_after")
    return {
        "oldest first": [_list(sort="created_at")],
        **{f"sorted by {name.strip('-')}": [_list(sort=name)] for name in by},
        "sorted, with a method": [_list(sort=by[1], method=many_jobs.METHODS[0])],
        "sorted, of a model": [_list(sort=by[1], model=model) for model in given.models[:5]],
        "sorted, tag on 3 jobs": [_list(sort=by[1], tag=many_jobs.RARE_TAG)],
    }


def _others(engine: sa.Engine) -> Mapping[str, list[str]]:
    """What is asked of one job, of many, and of the service."""
    (newest,), old = ids_at(engine, (0,)), ids_at(engine, (0.3, 0.6, 0.9))
    compared = "&".join(f"job={item}" for item in ids_at(engine, evenly(20)))
    return {
        "show": [f"{_JOBS}/{item}" for item in old],
        "show, waiting: its position": [f"{_JOBS}/{newest}"],
        "events": [f"{_JOBS}/{item}/events" for item in old],
        "artifacts": [f"{_JOBS}/{item}/artifacts" for item in old],
        "compare 20": [f"/api/v1/compare?{compared}"],
        "queue": ["/api/v1/queue"],
        "workers": ["/api/v1/workers"],
        "models": ["/api/v1/models"],
    }


def _list(**query: object) -> str:
    return f"{_JOBS}?{urllib.parse.urlencode(query, doseq=True)}"


def evenly(number: int) -> tuple[float, ...]:
    """Places in the list, evenly apart, of jobs that have ended."""
    return tuple(0.1 + 0.9 * step / number for step in range(number))


def ids_at(engine: sa.Engine, offsets: tuple[float, ...]) -> list[str]:
    """Ids of the jobs so far down the list, as shares of it."""
    with engine.connect() as connection:
        ids = connection.scalars(sa.select(Job.id).order_by(Job.id.desc())).all()
    return [ids[int(offset * len(ids))] for offset in offsets]


def _measure(settings: Settings, engine: sa.Engine, requests: Mapping[str, list[str]]) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    token = access.token(engine, settings.state_folder)
    client = create_app(settings).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    statements: list[str] = []
    event.listen(sa.Engine, "before_cursor_execute", lambda *told: _note(statements, told[2]))
    for name, paths in requests.items():
        _asked(client, paths[0])
        statements.clear()
        times = [_asked(client, path) for path in (paths * _N_ASKED)[:_N_ASKED]]
        _print_row(name, times, f"{len(statements) / _N_ASKED:g}")


def _print_dispatcher(engine: sa.Engine) -> None:
    """What the dispatcher asks twice a second, when many more jobs wait."""
    newest = claims.submit(engine, _N_WAITING)[-1]
    questions: Mapping[str, Callable[[Session], object]] = {
        "whom to announce": lambda session: jobs.waiting(session, limit=16, resend_after_s=30.0),
        "whose lease ran out": lambda session: jobs.sweep(session, max_losses=3),
        "position of the last": lambda session: jobs.position(session, jobs.get(session, newest)),
        "jobs by queue and state": jobs.count_by_queue,
    }
    print(f"\n| with {_N_WAITING:,} more waiting | median ms | p95 ms | max ms |")
    print("|---|---|---|---|")
    for name, question in questions.items():
        times = [_timed(engine, question) for _ in range(_N_ASKED)]
        _print_row(name, times)


def _timed(engine: sa.Engine, question: Callable[[Session], object]) -> float:
    with db.session_scope(engine) as session:
        session.connection()
        began = time.perf_counter()
        question(session)
        return time.perf_counter() - began


def _note(statements: list[str], statement: str) -> None:
    if not statement.startswith(("BEGIN", "PRAGMA")):
        statements.append(statement)


def _asked(client: FlaskClient, path: str) -> float:
    """Seconds until the whole answer was there."""
    began = time.perf_counter()
    answer = client.get(path)
    seconds = time.perf_counter() - began
    if answer.status_code != 200:
        sys.exit(f"GET {path}: {answer.status_code} {answer.get_data(as_text=True)}")
    return seconds


def _print_row(name: str, times: list[float], *more: str) -> None:
    figures = (statistics.median(times), statistics.quantiles(times, n=20)[-1], max(times))
    told = " | ".join([name, *(f"{1000 * figure:.1f}" for figure in figures), *more])
    print(f"| {told} |", flush=True)


if __name__ == "__main__":
    main()
