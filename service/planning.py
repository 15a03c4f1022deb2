"""What a request would make, without making it."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from . import estimates, fitting
from .estimates import Work
from .fitting import Given
from .jobs.inputs import Found
from .schemas import JobCreate, Plan, PlannedJob
from .subjects import Subject
from .tables import Dataset, Model


def plan(session: Session, requests: Sequence[JobCreate], found: Found) -> Plan:
    """The jobs that requests would make, with what may not be meant, and how long they may take.

    Args:
        session: Reads only.
        requests: Checked, their defaults filled in.
        found: What they name, as `jobs.inputs.find` tells.
    """
    seconds = _estimates(session, requests)
    planned = [
        PlannedJob(
            name=request.name,
            request=request.model_dump(mode="json"),
            warnings=fitting.warnings(_given(request, found)),
            estimated_seconds=seconds[Work.asked(request)],
        )
        for request in requests
    ]
    known = [item.estimated_seconds for item in planned if item.estimated_seconds is not None]
    total = sum(known) if len(known) == len(planned) else None
    return Plan(n_jobs=len(planned), jobs=planned, estimated_seconds=total)


def _estimates(session: Session, requests: Sequence[JobCreate]) -> dict[Work, float | None]:
    asked = set(map(Work.asked, requests))
    return {work: estimates.typical_seconds(session, work) for work in asked}


def _given(request: JobCreate, found: Found) -> Given:
    data = request.data
    return Given(
        model=_row(found, request.model, Model),
        clean_validation=_row(found, data.clean_validation, Dataset),
        clean_test=_row(found, data.clean_test, Dataset) if data.clean_test else None,
        poisoned_test=tuple(_row(found, item, Dataset) for item in data.poisoned_test),
        unlabelled=_row(found, data.unlabelled, Dataset) if data.unlabelled else None,
    )


def _row(found: Found, subject_id: str, table: type[Subject]) -> Subject:
    row = found[subject_id]
    assert isinstance(row, table)  # the request says what is a model and what a data set
    return row
