"""A database in which many jobs have been done: with inputs, events, figures and files.

Everything comes from one seed. A few things are rare on purpose, because what is rare takes a
database longest to find.
"""

import dataclasses
import datetime
import itertools
import random
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from core.results import PruningStep, RepairReport, TrainingEpoch
from service import ids
from service.jobs import figures
from service.schemas import JobCreate, JobData
from service.tables import Artifact, Dataset, Job, JobEvent, JobInput, JobMetric, Model, User
from tests import factories

TAGS = tuple(f"lab{number}" for number in range(30))
METHODS = ("fine-pruning", "fine-tuning", "magnitude-pruning")
#: So many jobs, among the oldest, carry the tag and the word that no other has.
N_RARE, RARE_TAG, RARE_WORD = 3, "thesis", "zebra"
#: Of the jobs that have not ended; the newest ones.
N_RUNNING, N_QUEUED = 8, 500
_N_USERS, _N_MODELS, _N_DATASETS = 20, 500, 200
_N_REPORTS, _N_STEPS, _N_EPOCHS, _N_EVENTS = 50, 60, 40, 4
_CHUNK = 500
_VERDICTS = ("repaired", "repaired", "partial", "not_repaired", "inconclusive")
_NAMES = ("sunglasses", "badnets", "multi trigger", "control", "again", "for the report")
_FILES = ("repaired.h5", "goodnet.h5", "report.json", "report.html")
_RATES = ("clean_accuracy", "attack_success_rate", "floor")
#: What was understood of each model and of each data set.
_MODEL_FACTS = {
    "name": "bad.h5",
    "container": "h5",
    "keras_version": "2.15.0",
    "input_shape": [55, 47, 3],
    "n_classes": 1283,
    "n_parameters": 601_643,
    "convolutions": [f"conv_{number}" for number in range(12)],
    "layers": [
        {
            "name": f"conv_{number}",
            "kind": "Conv2D",
            "output_shape": [8, 8, 32],
            "n_parameters": 980,
        }
        for number in range(12)
    ],
    "warnings": [],
}
_DATASET_FACTS = {
    "name": "valid.h5",
    "n": 11_547,
    "shape": [11_547, 55, 47, 3],
    "layout": "NCHW",
    "stored_dtype": "uint8",
    "value_range": [0.0, 255.0],
    "label_range": [0, 1282],
    "n_classes": 1283,
    "has_true_label": False,
    "class_names": None,
    "constant_label": None,
}

Row = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Given:
    """Ids of what the jobs are about, and the reports that they ended with."""

    users: Sequence[str]
    models: Sequence[str]
    datasets: Sequence[str]
    #: Columns of a job that has ended.
    ends: Sequence[Row]


def fill(engine: sa.Engine, n_jobs: int) -> Given:
    """Add people, models, data sets and jobs with their records to an empty database."""
    chance = random.Random(0)
    with engine.begin() as connection:
        given = _given(connection, chance)
    numbers = iter(range(n_jobs))
    while chunk := list(itertools.islice(numbers, _CHUNK)):
        jobs = [_job(chance, number, n_jobs, given) for number in chunk]
        with engine.begin() as connection:
            connection.execute(sa.insert(Job), jobs)
            connection.execute(sa.insert(JobInput), [row for job in jobs for row in _inputs(job)])
    for table, rows in _records().items():
        with engine.begin() as connection:
            ended = rows.where(Job.state == "succeeded")
            connection.execute(sa.insert(table).from_select(ended.selected_columns.keys(), ended))
    if engine.dialect.name == "postgresql":
        _settle(engine)
    return given


def _settle(engine: sa.Engine) -> None:
    """Do now what PostgreSQL would else do in the background, minutes after so many rows came."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
        connection.exec_driver_sql("CHECKPOINT")


def report(chance: random.Random) -> RepairReport:
    """A report of the usual length: with the curves of a layer of 60 channels and of 40 epochs."""
    plain = factories.make_report(
        verdict=chance.choice(_VERDICTS), accuracy=chance.random(), attack=chance.random()
    )
    steps = (
        PruningStep(channels_pruned=n, layer="conv_3", channel=n, select_accuracy=chance.random())
        for n in range(_N_STEPS)
    )
    epochs = (
        TrainingEpoch(
            epoch=n, loss=chance.random(), select_accuracy=chance.random(), learning_rate=0.01
        )
        for n in range(_N_EPOCHS)
    )
    return dataclasses.replace(plain, pruning_curve=tuple(steps), training_curve=tuple(epochs))


def _given(connection: sa.Connection, chance: random.Random) -> Given:
    users = _added(connection, User, ({"name": f"user {n}"} for n in range(_N_USERS)))
    owners = itertools.cycle(users)
    reports = [report(chance) for _ in range(_N_REPORTS)]
    return Given(
        users=users,
        models=_added(connection, Model, map(_model, range(_N_MODELS), owners)),
        datasets=_added(connection, Dataset, map(_dataset, range(_N_DATASETS), owners)),
        ends=[
            {"reports": {"": item.to_json()}, **figures.headline({"": item}, _FILES)}
            for item in reports
        ],
    )


def _added(connection: sa.Connection, table: Any, rows: Iterable[Row]) -> list[str]:
    numbered = [{"id": ids.new_id(), **row} for row in rows]
    connection.execute(sa.insert(table), numbered)
    return [row["id"] for row in numbered]


def _model(number: int, owner: str) -> Row:
    return {**_subject(number, owner), "facts": _MODEL_FACTS}


def _dataset(number: int, owner: str) -> Row:
    return {**_subject(number, owner), "options": {"role": "clean"}, "facts": _DATASET_FACTS}


def _subject(number: int, owner: str) -> Row:
    return {
        "owner_id": owner,
        "name": f"net {number}",
        "file_name": "bad.h5",
        "sha256": f"{number:064x}",
        "n_bytes": 10**6,
        "state": "ready",
        "options": {},
    }


def _job(chance: random.Random, number: int, n_jobs: int, given: Given) -> Row:
    """The row of a job; the first are the oldest, the last ones run and wait."""
    is_rare = number in range(10, 10 + N_RARE)
    asked = _request(chance, given)
    created_at = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=n_jobs - number)
    return {
        "id": ids.earliest(created_at)[:-12] + f"{number:012x}",
        "kind": "repair",
        "queue": "cpu",
        "owner_id": chance.choice(given.users),
        "name": f"{RARE_WORD if is_rare else chance.choice(_NAMES)}, run {number}",
        "tags": [RARE_TAG] if is_rare else chance.sample(TAGS, 2),
        "notes": "trained again with another seed " * chance.choice((0, 0, 0, 1, 10)),
        "request": asked.model_dump(mode="json"),
        "method": asked.method,
        "created_at": created_at,
        "n_events": _N_EVENTS,
        **_state(chance, n_jobs - number, given, created_at),
    }


def _request(chance: random.Random, given: Given) -> JobCreate:
    clean, test, *poisoned = chance.sample(given.datasets, 4)
    data = JobData(clean_validation=clean, clean_test=test, poisoned_test=tuple(poisoned))
    return JobCreate(model=chance.choice(given.models), data=data, method=chance.choice(METHODS))


def _state(chance: random.Random, n_after: int, given: Given, created_at: datetime.datetime) -> Row:
    """The same columns for each: rows of one INSERT have to have the same."""
    open_ = {"worker_id": None, "lease_until": None, **dict.fromkeys(given.ends[0])}
    if n_after <= N_QUEUED:
        return {**open_, "state": "queued", "attempt": 0, "finished_at": None}
    if n_after <= N_QUEUED + N_RUNNING:
        held = {"worker_id": "worker", "lease_until": 4e9}
        return {**open_, **held, "state": "running", "attempt": 1, "finished_at": None}
    end = {"state": "succeeded", "attempt": 1, "finished_at": created_at}
    return {**open_, **end, **chance.choice(given.ends)}


def _inputs(job: Row) -> Iterator[Row]:
    asked, data = job["request"], job["request"]["data"]
    named = [("clean_validation", 0), ("clean_test", 0)]
    sets = [(*place, data[place[0]]) for place in named]
    sets += [("poisoned_test", place, item) for place, item in enumerate(data["poisoned_test"])]
    yield _input(job, "model", 0, model_id=asked["model"])
    yield from (_input(job, role, place, dataset_id=item) for role, place, item in sets)


def _input(job: Row, role: str, position: int, **named: str) -> Row:
    nothing = {"model_id": None, "dataset_id": None}
    return {"job_id": job["id"], "role": role, "position": position, **nothing, **named}


def _records() -> dict[Any, sa.Select[Any]]:
    """Events, figures and files for each job, made of its row."""
    seq, file = _each("seq", range(1, _N_EVENTS + 1)), _each("name", _FILES)
    phase, rate = _each("phase", ("before", "after")), _each("rate", _RATES)
    progress = sa.literal({"stage": "prune", "current": 28, "total": 60}, sa.JSON())
    return {
        JobEvent: sa.select(
            Job.id.label("job_id"),
            seq.label("seq"),
            Job.created_at.label("at"),
            _text("progress").label("type"),
            progress.label("data"),
        ).select_from(_jobs_times(seq)),
        Artifact: sa.select(
            Job.id.label("job_id"),
            file.label("name"),
            (Job.id + file).label("sha256"),
            sa.literal(10**5).label("n_bytes"),
            Job.attempt.label("attempt"),
            Job.created_at.label("created_at"),
        ).select_from(_jobs_times(file)),
        JobMetric: sa.select(
            (Job.id + phase + rate).label("id"),
            Job.id.label("job_id"),
            sa.literal(0.04).label("budget"),
            phase.label("phase"),
            rate.label("name"),
            _text("").label("set_name"),
            *(sa.literal(0.5).label(name) for name in ("value", "ci_low", "ci_high")),
            sa.literal(100).label("n"),
        ).select_from(_jobs_times(phase, rate)),
    }


def _jobs_times(*columns: sa.ColumnElement[Any]) -> sa.FromClause:
    """Each job with each item of the columns."""
    rows: Any = sa.inspect(Job).local_table
    for column in columns:
        rows = rows.join(column.table, sa.true())
    return rows


def _each(name: str, items: Iterable[Any]) -> Any:
    """A column with a row for each item."""
    rows = [sa.select(_text(item) if isinstance(item, str) else sa.literal(item)) for item in items]
    (column,) = sa.union_all(*rows).subquery(f"each_{name}").c
    return column


def _text(item: str) -> sa.ColumnElement[str]:
    return sa.cast(sa.literal(item), sa.Text)
