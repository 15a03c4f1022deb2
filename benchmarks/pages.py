"""What the pages take when 100,000 jobs have been done, on SQLite and on PostgreSQL.

The time is that of the web application, from the request to its answer, without a network; the size
is that of the HTML, compressed as a proxy would. The jobs that are looked at have real figures.
Run: python -m benchmarks.pages [NUMBER OF JOBS]
"""

import gzip
import io
import logging
import re
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
import structlog
from flask.testing import FlaskClient
from sqlalchemy import event

from core.report import figures
from core.results import RepairReport
from netmend.embedded import access
from service import db, storage
from service.settings import Settings
from service.tables import Artifact, Job
from web.app import create_app

from . import databases, many_jobs, rows
from .many_jobs import Given

_N_JOBS = 100_000
_N_ASKED = 40
#: Of the issue and of the research: milliseconds that nineteen answers of twenty may take, and
#: how often the database may be asked. Pages without a line of their own have those of a list.
_BUDGETS = {"compare 100": (300, 8)}
_USUAL_BUDGET = (150, 8)
_MOST_KB = 60


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a page took."""

    #: Each in seconds.
    times: Sequence[float]
    #: SQL statements, on average.
    n_statements: float
    n_bytes: int


def main() -> None:
    """Print a table for each database: a row for each kind of page."""
    n_jobs = int(sys.argv[1]) if len(sys.argv) > 1 else _N_JOBS
    for kind in databases.KINDS:
        with databases.fresh(kind) as settings:
            engine = db.make_engine(settings)
            given = many_jobs.fill(engine, n_jobs)
            pages = _pages(engine, settings, given)
            print(f"\n{kind}, {n_jobs:,} jobs\n")
            print("| page | median ms | p95 ms | SQL statements | HTML kB gzip | budget |")
            print("|---|---|---|---|---|---|")
            _measure(settings, engine, pages)
            engine.dispose()


def _pages(engine: sa.Engine, settings: Settings, given: Given) -> Mapping[str, list[str]]:
    """Name to addresses; several are asked in turn."""
    (newest,), ended = rows.ids_at(engine, (0,)), rows.ids_at(engine, (0.3, 0.6, 0.9))
    for job_id in ended:
        _draw(engine, settings, job_id)
    compared = "&".join(f"job={item}" for item in rows.ids_at(engine, rows.evenly(100)))
    return {
        "home": ["/"],
        "jobs": ["/jobs"],
        "jobs, sorted": [
            "/jobs?sort=attack_success_rate_after",
            "/jobs?sort=-clean_accuracy_after",
        ],
        "jobs, words": ["/jobs?search=sunglasses", "/jobs?search=multi seed"],
        "jobs, either": ["/jobs?search=verdict:partial OR tag:lab3"],
        "jobs, tag on 3": [f"/jobs?search=tag:{many_jobs.RARE_TAG}"],
        "jobs, word in 3": [f"/jobs?search={many_jobs.RARE_WORD}"],
        "job, ended": [f"/jobs/{item}" for item in ended],
        "job, waiting": [f"/jobs/{newest}"],
        "retry": [f"/jobs/{item}/retry" for item in ended],
        "compare 2": ["/compare?" + "&".join(compared.split("&")[:2])],
        "compare 100": [f"/compare?{compared}"],
        "batches": ["/batches"],
        "new repair": ["/repairs/new"],
        "models": ["/models"],
        "model": [f"/models/{item}" for item in given.models[:5]],
        "data sets": ["/datasets"],
        "data set": [f"/datasets/{item}" for item in given.datasets[:5]],
        "workers": ["/workers"],
    }


def _draw(engine: sa.Engine, settings: Settings, job_id: str) -> None:
    """Give a job the figures of its report, as a worker would have."""
    kept = storage.make_storage(settings)
    with db.session_scope(engine) as session:
        job = session.get_one(Job, job_id)
        report = RepairReport.from_json((job.reports or {})[""])
        for chart in figures.of_report(report):
            file = kept.put(io.BytesIO(chart.svg.encode()))
            session.add(
                Artifact(
                    job_id=job_id,
                    name=f"figures/{chart.name}.svg",
                    sha256=file.sha256,
                    n_bytes=file.n_bytes,
                    attempt=job.attempt,
                )
            )


def _measure(settings: Settings, engine: sa.Engine, pages: Mapping[str, list[str]]) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    client = _signed_in(settings, access.token(engine, settings.state_folder))
    statements: list[str] = []
    event.listen(sa.Engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    for name, paths in pages.items():
        n_bytes = _asked(client, paths[0])[1]
        statements.clear()
        times = [_asked(client, path)[0] for path in (paths * _N_ASKED)[:_N_ASKED]]
        n_statements = sum(map(_asks_for_something, statements)) / _N_ASKED
        _print_row(name, Measured(times=times, n_statements=n_statements, n_bytes=n_bytes))


def _signed_in(settings: Settings, token: str) -> FlaskClient:
    """A browser in which somebody signed in who may do everything."""
    client = create_app(settings).test_client()
    form = client.get("/sign-in").get_data(as_text=True)
    mark = re.findall(r'name="csrf_token" value="([^"]+)"', form)[0]
    client.post("/sign-in", data={"token": token, "csrf_token": mark})
    return client


def _asked(client: FlaskClient, path: str) -> tuple[float, int]:
    """Seconds until the whole page was there, and its bytes when compressed."""
    began = time.perf_counter()
    answer = client.get(path)
    seconds = time.perf_counter() - began
    if answer.status_code != 200:
        sys.exit(f"GET {path}: {answer.status_code} {answer.get_data(as_text=True)}")
    return seconds, len(gzip.compress(answer.get_data()))


def _asks_for_something(statement: str) -> bool:
    """Not so what begins a transaction, and what is said to SQLite before each."""
    return not statement.startswith(("BEGIN", "PRAGMA"))


def _print_row(name: str, measured: Measured) -> None:
    median, p95 = statistics.median(measured.times), statistics.quantiles(measured.times, n=20)[-1]
    most_ms, most_statements = _BUDGETS.get(name, _USUAL_BUDGET)
    missed = [
        words
        for words, is_missed in {
            f"over {most_ms} ms": 1000 * p95 > most_ms,
            f"over {most_statements} statements": measured.n_statements > most_statements,
            f"over {_MOST_KB} kB": measured.n_bytes > 1000 * _MOST_KB,
        }.items()
        if is_missed
    ]
    figures_ = f"{1000 * median:.1f} | {1000 * p95:.1f} | {measured.n_statements:g}"
    told = ", ".join(missed) or "kept"
    print(f"| {name} | {figures_} | {measured.n_bytes / 1000:.1f} | {told} |", flush=True)


if __name__ == "__main__":
    main()
