"""The ends of an attempt. Of all that are tried, one goes through; the others change nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from core import errors as core_errors
from core.errors import ProjectError
from core.results import RepairReport

from .. import artifacts, subjects
from ..artifacts import KeptFile
from . import figures, transitions
from .transitions import Claim


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What an attempt came to."""

    #: Subfolder of the results (``""`` for a single budget) to the report of that budget.
    reports: Mapping[str, RepairReport] = field(default_factory=dict)
    #: Files of the results, from `artifacts.store`.
    files: tuple[KeptFile, ...] = ()
    #: Of an intake: what was understood, and the packed canonical folder in storage.
    facts: Mapping[str, object] | None = None
    canonical_sha256: str | None = None
    #: Of a job that tries models, the answers; of one that looks for suspects, the diagnosis; JSON.
    result: Mapping[str, object] | None = None


def finish(session: Session, claim: Claim, outcome: Outcome) -> bool:
    """The work is done; its reports, figures and files become those of the job.

    The model or data set of an intake becomes ``ready`` with it.

    Returns:
        False when the lease is lost, or when the job was canceled in the meantime (it is then
        ``canceled``, with nothing left to do): what was made is discarded.
    """
    guard = transitions.owned(claim, "starting", "running")
    headline = figures.headline(outcome.reports, [file.name for file in outcome.files])
    reports = {name: report.to_json() for name, report in outcome.reports.items()}
    values = {
        **transitions.ended(),
        **headline,
        "reports": reports or None,
        "result": outcome.result,
        "error": None,
    }
    if transitions.change(session, guard, to="succeeded", **values) is None:
        canceled(session, claim)
        return False
    session.add_all(figures.metrics(claim.job_id, outcome.reports))
    artifacts.add(session, claim.job_id, claim.attempt, outcome.files)
    if outcome.facts is not None and outcome.canonical_sha256 is not None:
        subjects.ready(
            session, claim.job_id, facts=outcome.facts, canonical_sha256=outcome.canonical_sha256
        )
    return True


def fail(
    session: Session, claim: Claim, error: ProjectError, *, files: tuple[KeptFile, ...] = ()
) -> bool:
    """The work went wrong, and would again; if it was to be canceled anyway, it is canceled.

    The model or data set of an intake becomes ``rejected`` with it.

    Args:
        session: Commit it soon.
        claim: The attempt.
        error: What went wrong; shown to the owner of the job.
        files: What is worth keeping, such as the log.

    Returns:
        False when the lease is lost.
    """
    values = {**transitions.ended(), "error": core_errors.to_json(error)}
    guard = transitions.owned(claim, "starting", "running")
    told = {"reason": error.code}
    if transitions.change(session, guard, to="failed", told=told, **values) is None:
        return canceled(session, claim, files=files)
    artifacts.add(session, claim.job_id, claim.attempt, files)
    subjects.reject(session, claim.job_id, error)
    return True


def release(session: Session, claim: Claim, *, reason: str = "released") -> bool:
    """Put the job back into the queue, for no fault of its own; it is not counted as a loss.

    A job that was to be canceled is canceled instead.

    Returns:
        False when the lease is lost.
    """
    guard = transitions.owned(claim, "starting", "running")
    told = {"reason": reason}
    row = transitions.change(session, guard, to="queued", told=told, **transitions.WAITING)
    return row is not None or canceled(session, claim)


def canceled(session: Session, claim: Claim, *, files: tuple[KeptFile, ...] = ()) -> bool:
    """The work was stopped because somebody asked for that.

    Returns:
        False when the lease is lost, or nobody asked.
    """
    guard = transitions.owned(claim, "canceling")
    if transitions.change(session, guard, to="canceled", **transitions.ended()) is None:
        return False
    artifacts.add(session, claim.job_id, claim.attempt, files)
    subjects.reject(session, claim.job_id, core_errors.Canceled())
    return True
