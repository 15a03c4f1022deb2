"""One combination under fire: faults and customers at the same time, then calm, then judgment."""

import contextlib
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from service import db
from service.errors import DatabaseUnavailable
from service.tables import FINAL, Job

from . import checks, customers, faults, inputs, plans, systems
from .checks import Verdict
from .customers import Receipt
from .findings import Finding
from .inputs import Reference, Subjects
from .plans import Kind, Plan, Strike, Wish
from .systems import Combination, System
from .waiting import wait_until

#: How long all may take to end when nothing disturbs any more.
_CALM_S = 240.0
_N_CUSTOMERS = 12
#: How long a fault looks for a victim.
_AIM_S = 8.0

Tell = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How much is to happen to each combination."""

    n_jobs: int
    n_real: int
    n_faults: int
    #: Over so long.
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What was done to one combination, and how it took that."""

    combination: Combination
    #: Name of the fault to how often it hit.
    hits: Counter[str]
    verdict: Verdict
    #: From each request to cancel to the end of the job.
    cancel_s: Sequence[float]
    seconds: float


def run(
    combination: Combination,
    folder: Path,
    *,
    seed: int,
    shape: Shape,
    reference: Reference | None,
    tell: Tell,
) -> Outcome:
    """Run one combination, and judge it.

    Args:
        combination: Database and broker.
        folder: Is made; logs stay in it.
        seed: Chooses what happens.
        shape: How much of it.
        reference: What real jobs have to make, if there are some.
        tell: Is told of each fault.
    """
    began = time.monotonic()
    folder.mkdir()
    with systems.running(combination, folder, has_real_jobs=shape.n_real > 0) as system:
        subjects = _subjects(system, reference if shape.n_real else None)
        before = _job_ids(system)
        plan = _plan(combination, system, seed, shape)
        tell(f"{combination.name}: {shape.n_jobs} jobs, {shape.n_faults} faults, seed {seed}")
        receipts, hits = _under_fire(system, plan, subjects, tell)
        findings = _calm_down(system)
        verdict = checks.judge(system, receipts, reference, before=before)
    cancel_s = [item.cancel_s for item in receipts if item.cancel_s is not None]
    hits["cancel"] = sum(1 for item in receipts if item.wish.cancel and item.job_id)
    return Outcome(
        combination=combination,
        hits=hits,
        verdict=checks.with_findings(verdict, findings),
        cancel_s=cancel_s,
        seconds=time.monotonic() - began,
    )


def _subjects(system: System, reference: Reference | None) -> Mapping[Kind, Subjects]:
    subjects: dict[Kind, Subjects] = {"scripted": inputs.scripted_subjects(system)}
    if reference is not None:
        subjects["real"] = inputs.real_subjects(system, reference)
    return subjects


def _plan(combination: Combination, system: System, seed: int, shape: Shape) -> Plan:
    return plans.draw(
        f"{seed} {combination.name}",
        n_jobs=shape.n_jobs,
        n_real=shape.n_real,
        seconds=shape.seconds,
        weights=faults.weights(combination, has_small_disk=system.disk.missing is None),
        n_faults=shape.n_faults,
    )


def _under_fire(
    system: System, plan: Plan, subjects: Mapping[Kind, Subjects], tell: Tell
) -> tuple[Sequence[Receipt], Counter[str]]:
    began = time.monotonic()

    def serve(wish: Wish) -> Receipt:
        time.sleep(max(0.0, began + wish.at_s - time.monotonic()))
        return customers.serve(system, wish, subjects)

    with ThreadPoolExecutor(_N_CUSTOMERS) as pool, ThreadPoolExecutor(1) as other:
        striking = other.submit(_strike_all, system, plan.strikes, began, tell)
        receipts = list(pool.map(serve, plan.wishes))
        return receipts, striking.result()


def _strike_all(
    system: System, strikes: Sequence[Strike], began: float, tell: Tell
) -> Counter[str]:
    """How often each fault hit."""
    hits: Counter[str] = Counter()
    for strike in strikes:
        time.sleep(max(0.0, began + strike.at_s - time.monotonic()))
        done = _strike(system, strike)
        if done is not None:
            hits[strike.fault] += 1
        came = "missed" if done is None else done
        tell(f"{time.monotonic() - began:6.1f} s  {strike.fault} {came}".rstrip())
    return hits


def _strike(system: System, strike: Strike) -> str | None:
    """What a fault did; ``None`` if it hit nobody."""
    rng = random.Random(strike.seed)
    deadline = time.monotonic() + _AIM_S
    while time.monotonic() < deadline:
        with contextlib.suppress(faults.NothingToHit, TimeoutError):
            return faults.BY_NAME[strike.fault](system, rng)
        time.sleep(0.1)
    return None


def _calm_down(system: System) -> list[Finding]:
    """Wait for all jobs to end, and have the workers end; what did not."""
    with contextlib.suppress(TimeoutError):  # what is left is found
        wait_until(lambda: _n_open(system) == 0, patience_s=_CALM_S, what="all jobs end")
    return [Finding(kind="left", what=f"{name} did not end") for name in system.drain()]


def _n_open(system: System) -> int | None:
    query = sa.select(sa.func.count()).where(Job.state.not_in(FINAL))
    try:
        with db.session_scope(system.engine, read_only=True) as session:
            return session.scalar(query)
    except DatabaseUnavailable:
        return None


def _job_ids(system: System) -> set[str]:
    with db.session_scope(system.engine, read_only=True) as session:
        return set(session.scalars(sa.select(Job.id)))
