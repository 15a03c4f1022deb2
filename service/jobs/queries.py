"""Looking at jobs."""

import datetime
import json
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session, defer

from .. import db, errors, ids, paging, visibility
from ..paging import Order, Rows
from ..schemas import JobFilter, JobSort, searching
from ..tables import LIVE, Dataset, Job, JobInput, Model

#: Roles of inputs, in the order in which people name them.
_ROLES = (
    "subject", "model", "clean_validation", "unlabelled", "clean_test", "poisoned_test", "pictures",
)  # fmt: skip

#: What a list can be sorted by; a job's id sorts by the time of its making.
_SORTED_BY: Mapping[str, InstrumentedAttribute[Any]] = types.MappingProxyType(
    {
        "finished_at": Job.finished_at,
        "clean_accuracy_after": Job.clean_accuracy_after,
        "attack_success_rate_after": Job.attack_success_rate_after,
    }
)
#: By how much clocks may differ.
_MAX_SKEW = datetime.timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class NamedInput:
    """A model or data set that a job needs; one of the ids is there."""

    #: As in `schemas.JobData`; ``model``, ``subject`` and ``pictures`` besides.
    role: str
    model_id: str | None
    dataset_id: str | None
    name: str
    #: Whether it was declared to show people.
    shows_people: bool


def get(session: Session, job_id: str) -> Job:
    """The job as it is now.

    Raises:
        NotFound: There is no such job.
        Gone: It lies in the trash.
    """
    job = visibility.find(session, Job, job_id, noun="job")
    if job.deleted_at is not None:
        raise errors.Gone(
            f"job {job_id} lies in the trash", id=job_id,
            hint=f"POST /api/v1/jobs/{job_id}/restore brings it back",
        )  # fmt: skip
    return job


def inputs_of(session: Session, job_id: str) -> list[JobInput]:
    """The models and data sets that a job needs, by role."""
    query = sa.select(JobInput).where(JobInput.job_id == job_id)
    return list(session.scalars(query.order_by(JobInput.role, JobInput.position)))


def named_inputs_of(session: Session, job_id: str) -> list[NamedInput]:
    """The same with their names, in one query; those that were deleted are not among them."""
    query = (
        sa.select(JobInput.role, Model.id, Model.name, Dataset.id, Dataset.name, Dataset.options)
        .where(JobInput.job_id == job_id)
        .outerjoin(Model, Model.id == JobInput.model_id)
        .outerjoin(Dataset, Dataset.id == JobInput.dataset_id)
        .order_by(JobInput.position)
    )
    found = [
        NamedInput(
            role=role,
            model_id=model_id,
            dataset_id=dataset_id,
            name=model if model_id else dataset,
            shows_people=bool((options or {}).get("people")),
        )
        for role, model_id, model, dataset_id, dataset, options in session.execute(query)
    ]
    return sorted(found, key=lambda item: _ROLES.index(item.role))


def list_jobs(
    session: Session,
    wanted: JobFilter,
    *,
    sort: JobSort = "-created_at",
    cursor: str | None = None,
    limit: int = 50,
) -> Rows[Job]:
    """A page of jobs, newest first if not asked otherwise; what is large in them is not loaded.

    Args:
        session: Reads only.
        wanted: Which jobs.
        sort: By what; jobs that have no such value come last.
        cursor: ``next`` of the page before; for this order only.
        limit: How many at most.

    Raises:
        InvalidRequest: The cursor or the limit is not a valid one.
    """
    large = (Job.request, Job.reports, Job.notes, Job.result)
    is_descending, column = sort.startswith("-"), _SORTED_BY.get(sort.removeprefix("-"))
    query = (
        sa.select(Job)
        .where(*_conditions_of_list(session, wanted, column))
        .options(*(defer(item) for item in large))
    )
    if column is None:
        return paging.fetch(
            session, query, Job.id, cursor=cursor, limit=limit, is_descending=is_descending
        )
    order = Order(column=column, is_descending=is_descending)
    return paging.fetch_sorted(session, query, Job.id, order=order, cursor=cursor, limit=limit)


def count_jobs(session: Session, wanted: JobFilter, *, at_most: int) -> int | None:
    """How many jobs a list has; ``None`` if more than `at_most`: so many are not counted."""
    some = sa.select(Job.id).where(*_conditions(session, wanted)).limit(at_most + 1).subquery()
    found = session.scalar(sa.select(sa.func.count()).select_from(some)) or 0
    return found if found <= at_most else None


def model_names(session: Session, job_ids: Sequence[str]) -> dict[str, str]:
    """Job to the name of its model, in one query; jobs without one are not in it."""
    query = (
        sa.select(JobInput.job_id, Model.name)
        .join(Model, Model.id == JobInput.model_id)
        .where(JobInput.job_id.in_(job_ids), JobInput.role == "model")
    )
    return {row.job_id: row.name for row in session.execute(query)}


def count_by_queue(session: Session) -> dict[str, dict[str, int]]:
    """Queue to state to number of jobs, of those that have not ended."""
    query = (
        sa.select(Job.queue, Job.state, sa.func.count())
        .where(Job.state.in_(("queued", *LIVE)))
        .group_by(Job.queue, Job.state)
    )
    counts: dict[str, dict[str, int]] = {}
    for queue, state, n_jobs in session.execute(query):
        counts.setdefault(queue, {})[state] = n_jobs
    return counts


def _conditions_of_list(
    session: Session, wanted: JobFilter, sorted_by: InstrumentedAttribute[Any] | None
) -> list[sa.ColumnElement[bool]]:
    if sorted_by is None:
        return _conditions(session, wanted)
    kind = db.usual(Job.kind)
    texts = _texts(wanted)
    if not texts or sorted_by is Job.finished_at:  # jobs lie nearly in this order on the disk
        return _conditions(session, wanted, kind=kind)
    # Where a word is rare, all rows are read. In the order of a figure that is here and there on
    # the disk and takes twice as long as from the first to the last.
    with_texts = sa.select(Job.id).where(*texts).correlate(None)
    plain = wanted.model_copy(update=dict.fromkeys(_TEXTS))
    return [*_conditions(session, plain, kind=kind), db.usual(Job.id).in_(with_texts)]


def _texts(wanted: JobFilter) -> list[sa.ColumnElement[bool]]:
    """The conditions that no index answers."""
    return [
        condition(getattr(wanted, field))
        for field, condition in _TEXTS.items()
        if getattr(wanted, field)
    ]


def _conditions(
    session: Session, wanted: JobFilter, *, kind: Any = Job.kind
) -> list[sa.ColumnElement[bool]]:
    possible: Mapping[str, Callable[[Any], sa.ColumnElement[bool]]] = {
        "state": lambda states: Job.state.in_(states),
        "verdict": lambda verdicts: Job.verdict.in_(verdicts),
        "kind": lambda name: kind == name,
        "method": lambda method: Job.method == method,
        "owner": lambda owner: Job.owner_id == owner,
        "batch": lambda batch: Job.batch_id == batch,
        "model": lambda model: _needs(JobInput.model_id == model),
        "dataset": lambda dataset: _needs(JobInput.dataset_id == dataset),
        **_TEXTS,
        "created_after": _made_after,
    }
    asked = [
        condition(getattr(wanted, field))
        for field, condition in possible.items()
        if getattr(wanted, field)
    ]
    in_place = Job.deleted_at.is_not(None) if wanted.trash else Job.deleted_at.is_(None)
    return [visibility.condition(session, Job), in_place, *asked]


def _finds(text: str) -> sa.ColumnElement[bool]:
    """One of the alternatives, with all of its terms."""
    return sa.or_(
        *(
            sa.and_(*(_TERMS[term.field](term.word) for term in alternative))
            for alternative in searching.parse(text)
        )
    )


def _needs(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return Job.id.in_(sa.select(JobInput.job_id).where(condition))


def _has_tag(tag: str) -> sa.ColumnElement[bool]:
    # tags are stored as a JSON list of texts; neither database can index that the same way
    return sa.cast(Job.tags, sa.Text).contains(json.dumps(tag), autoescape=True)


def _mentions(words: str) -> sa.ColumnElement[bool]:
    # One text, because to look twice takes twice as long; no word has the end of a line in it.
    text = Job.name + "\n" + Job.notes
    return sa.and_(*(text.icontains(word, autoescape=True) for word in words.split()))


def _made_after(moment: datetime.datetime) -> sa.ColumnElement[bool]:
    # Ids sort by time, so that they say where in the list to stop looking.
    return sa.and_(Job.created_at > moment, Job.id > ids.earliest(_before(moment)))


def _before(moment: datetime.datetime) -> datetime.datetime:
    """Enough earlier, whatever the clocks of those who make ids and of the database say."""
    epoch = datetime.datetime.fromtimestamp(0, datetime.UTC)
    return epoch if moment - epoch < _MAX_SKEW else moment - _MAX_SKEW


_TERMS: Mapping[str | None, Callable[[str], sa.ColumnElement[bool]]] = types.MappingProxyType(
    {
        None: _mentions,
        "state": lambda word: Job.state == word,
        "verdict": lambda word: Job.verdict == word,
        "kind": lambda word: Job.kind == word,
        "method": lambda word: Job.method == word,
        "tag": _has_tag,
    }
)
_TEXTS: Mapping[str, Callable[[str], sa.ColumnElement[bool]]] = types.MappingProxyType(
    {"tag": _has_tag, "q": _mentions, "search": _finds}
)
