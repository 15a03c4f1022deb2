"""How many jobs a second can be claimed and finished in SQL: two durable commits each, no children.

One, two and four processes do it at once, with 1,000 and with 100,000 jobs in the table, in turn.
Run: python -m benchmarks.claims [NUMBER OF JOBS]
"""

import multiprocessing
import random
import statistics
import sys
import time
from collections.abc import Sequence
from multiprocessing.synchronize import Barrier

import sqlalchemy as sa

from service import db, ids, jobs
from service.jobs import Outcome
from service.settings import Settings
from service.tables import Job

from . import databases, many_jobs

_SIZES = (1_000, 100_000)
_CLAIMERS = (1, 2, 4)
_N_CLAIMED, _ROUNDS = 300, 3
_PATIENCE_S = 120


def main() -> None:
    """Print a table for each database."""
    sizes = (_SIZES[0], int(sys.argv[1])) if len(sys.argv) > 1 else _SIZES
    for kind in databases.KINDS:
        rates = {}
        for n_jobs in sizes:
            with databases.fresh(kind) as settings:
                engine = db.make_engine(settings)
                many_jobs.fill(engine, n_jobs)
                rates[n_jobs] = [rate(settings, engine, number) for number in _CLAIMERS]
                told = databases.durability(engine)
                engine.dispose()
        _print_table(kind, told, rates)


def rate(settings: Settings, engine: sa.Engine, n_claimers: int) -> float:
    """Jobs a second that so many processes claim and finish together; median of the rounds."""
    return statistics.median(_round(settings, engine, n_claimers) for _ in range(_ROUNDS))


def submit(engine: sa.Engine, n_jobs: int) -> list[str]:
    """Ids of so many new jobs that wait."""
    with db.session_scope(engine) as session:
        pattern = session.scalars(sa.select(Job).limit(1)).one()
        alike = {"kind": "repair", "queue": "cpu", "owner_id": pattern.owner_id, "name": "claimed"}
        rows = [
            {"id": ids.new_id(), **alike, "request": pattern.request, "n_events": 0}
            for _ in range(n_jobs)
        ]
        session.execute(sa.insert(Job), rows)
    return [row["id"] for row in rows]


def _round(settings: Settings, engine: sa.Engine, n_claimers: int) -> float:
    waiting = submit(engine, _N_CLAIMED)
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(n_claimers + 1)
    shares = [waiting[number::n_claimers] for number in range(n_claimers)]
    claimers = [
        context.Process(target=_claim_and_finish, args=(settings, share, ready)) for share in shares
    ]
    for claimer in claimers:
        claimer.start()
    ready.wait(_PATIENCE_S)
    began = time.perf_counter()
    ready.wait(_PATIENCE_S)
    seconds = time.perf_counter() - began
    for claimer in claimers:
        claimer.join()
    return len(waiting) / seconds


def _claim_and_finish(settings: Settings, share: Sequence[str], ready: Barrier) -> None:
    engine = db.make_engine(settings)
    outcome = Outcome(reports={"": many_jobs.report(random.Random(0))})
    with db.session_scope(engine):
        pass  # connected
    ready.wait(_PATIENCE_S)
    for job_id in share:
        with db.session_scope(engine) as session:
            claim = jobs.claim(session, job_id, worker_id="claimer", lease_s=60.0)
        assert claim is not None
        with db.session_scope(engine) as session:
            assert jobs.finish(session, claim, outcome)
    ready.wait(_PATIENCE_S)
    engine.dispose()


def _print_table(kind: str, told: str, rates: dict[int, list[float]]) -> None:
    print(f"\n{kind} ({told}): jobs claimed and finished a second, medians of {_ROUNDS}\n")
    print(f"| jobs in the table | {' | '.join(f'{n} at once' for n in _CLAIMERS)} |")
    print("|---|" + "---|" * len(_CLAIMERS))
    for n_jobs, row in rates.items():
        scaled = (f"{item:.0f} (x {item / row[0]:.2f})" for item in row)
        print(f"| {n_jobs:,} | {' | '.join(scaled)} |", flush=True)


if __name__ == "__main__":
    main()
