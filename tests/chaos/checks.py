"""Whether all came as it had to: nothing lost, doubled, wrong or left."""

import dataclasses
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.errors import ProjectError
from service import db
from service.tables import Job
from tests.integration import command_line

from . import histories, results
from .customers import Receipt
from .findings import Finding
from .histories import History
from .inputs import Reference
from .results import Expectation
from .systems import System


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """How it went."""

    findings: Sequence[Finding]
    n_jobs: int
    #: How jobs ended: a state, or ``failed: `` and a code.
    ends: Counter[str]
    n_attempts: int
    #: Why attempts ended that did not end their job.
    reasons: Counter[str]


def judge(
    system: System, receipts: Sequence[Receipt], reference: Reference | None, *, before: set[str]
) -> Verdict:
    """What is wrong after all workers have ended.

    Args:
        system: Its workers have ended.
        receipts: What those were told who wished for jobs.
        reference: What real jobs have to make.
        before: Ids of jobs that are not a customer's.
    """
    expected = {
        receipt.job_id: Expectation(wish=receipt.wish, reference=reference) for receipt in receipts
    }
    with db.session_scope(system.engine, read_only=True) as session:
        ids = set(session.scalars(sa.select(Job.id))) - before
        read = [histories.read(session, job_id) for job_id in sorted(ids)]
        findings = [*_check_told(receipts, ids), *_check_leftovers(system)]
        for history in read:
            findings += histories.check(history)
            if history.job.id in expected:
                findings += _check(session, system, history, expected[history.job.id])
    return Verdict(
        findings=findings,
        n_jobs=len(read),
        ends=Counter(_end(history) for history in read),
        n_attempts=sum(history.job.attempt for history in read),
        reasons=Counter(reason for history in read for reason in _reasons(history)),
    )


def with_findings(verdict: Verdict, more: Sequence[Finding]) -> Verdict:
    """The same, and worse."""
    return dataclasses.replace(verdict, findings=[*verdict.findings, *more])


def _check_told(receipts: Sequence[Receipt], ids: set[str]) -> Iterator[Finding]:
    """Whether each who wished for a job got one, and no job more."""
    for receipt in receipts:
        for answer in receipt.bad_answers:
            yield Finding(kind="wrong", what=f"{receipt.wish.name} was answered {answer}")
        if receipt.job_id is None:
            yield Finding(kind="lost", what=f"{receipt.wish.name} was never accepted")
        elif receipt.job_id not in ids:
            yield Finding(kind="lost", what=f"{receipt.wish.name} is not there: {receipt.job_id}")
    n_told = Counter(receipt.job_id for receipt in receipts if receipt.job_id)
    for job_id in ids - n_told.keys():
        yield Finding(kind="doubled", what=f"nobody asked for {job_id}")
    for job_id, times in n_told.items():
        if times > 1:
            yield Finding(kind="doubled", what=f"{job_id} was given to {times} customers")


def _check(
    session: Session, system: System, history: History, expected: Expectation
) -> list[Finding]:
    findings = list(results.check_end(history, expected))
    try:
        findings += results.check_result(session, system.storage, history, expected)
    except ProjectError as error:  # a file is gone, or damaged
        findings.append(Finding(kind="lost", what=f"{history.name}: {error}"))
    return findings


def _check_leftovers(system: System) -> Iterator[Finding]:
    """Processes and folders that should have gone with the workers."""
    folder = system.settings.job_folder
    for link in command_line.processes_below(folder):
        yield Finding(kind="left", what=f"the process {link.parent.name}")
    for left in folder.iterdir():
        yield Finding(kind="left", what=f"the folder {left.name} of a job")


def _end(history: History) -> str:
    state = history.job.state
    return f"failed: {(history.job.error or {}).get('code')}" if state == "failed" else state


def _reasons(history: History) -> list[str]:
    return [
        event.data["reason"]
        for event in history.events
        if event.data.get("state") == "queued" and "reason" in event.data
    ]
