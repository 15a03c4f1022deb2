"""Rows for tests: valid by default; say what the test is about."""

import io
from typing import Any

from sqlalchemy.orm import Session

from core.errors import TrainingDiverged
from core.results import (
    AttackResult,
    Evaluation,
    GoodNetResult,
    InputFile,
    Inputs,
    PreprocessingChoice,
    Rate,
    RepairReport,
    Selection,
)
from service import accounts, batches, ids, jobs, subjects
from service.jobs import Claim
from service.schemas import BatchCreate, JobCreate, JobData
from service.tables import Batch, Dataset, Job, Model, Upload, User


def make_user(session: Session, name: str | None = None) -> User:
    """A user; of a name that nobody else has, if none is given."""
    return accounts.create_user(session, name or f"user {ids.new_id()}")


def make_upload(session: Session, owner: User | None = None, **columns: Any) -> Upload:
    """A complete upload."""
    owner = owner or make_user(session)
    given = {
        "file_name": "bad.h5",
        "state": "complete",
        "n_bytes": 4,
        "sha256": "a" * 64,
        **columns,
    }
    upload = Upload(owner_id=owner.id, **given)
    session.add(upload)
    session.flush()
    return upload


def make_model(session: Session, owner: User | None = None, **columns: Any) -> Model:
    """A model that is ready."""
    return _subject(session, Model, owner, options={"architecture": None}, columns=columns)


def make_dataset(
    session: Session, owner: User | None = None, *, role: str = "clean", **columns: Any
) -> Dataset:
    """A data set that is ready."""
    options = {"role": role, "layout": "auto"}
    return _subject(session, Dataset, owner, options=options, columns=columns)


#: What requests ask for if nobody says otherwise, whatever the default of the service is.
_METHOD = {"method": "fine-pruning"}


def make_request(session: Session, owner: User | None = None, **fields: Any) -> JobCreate:
    """A request to repair a ready model, without test sets."""
    owner = owner or make_user(session)
    data = JobData(clean_validation=make_dataset(session, owner).id)
    given = {"model": make_model(session, owner).id, "data": data, **_METHOD, **fields}
    return JobCreate.model_validate(given)


def make_batch_request(session: Session, owner: User, **fields: Any) -> BatchCreate:
    """A request for two jobs, one a seed."""
    data = JobData(clean_validation=make_dataset(session, owner).id)
    given = {"models": (make_model(session, owner).id,), "data": (data,), "seeds": (0, 1)}
    methods = ({"name": _METHOD["method"]},)
    return BatchCreate.model_validate({**given, "methods": methods, **fields})


def make_batch(session: Session, owner: User, **fields: Any) -> Batch:
    """A batch of two jobs that wait."""
    request = make_batch_request(session, owner, **fields)
    return batches.submit(session, owner.id, request, max_jobs=500)


def make_job(session: Session, owner: User | None = None, **fields: Any) -> Job:
    """A job that waits."""
    owner = owner or make_user(session)
    return jobs.submit(session, owner.id, make_request(session, owner, **fields))


def make_claim(session: Session, job: Job | None = None, *, lease_s: float = 60.0) -> Claim:
    """An attempt at a job that was just begun."""
    job = job or make_job(session)
    claim = jobs.claim(session, job.id, worker_id="worker", lease_s=lease_s)
    assert claim is not None
    return claim


def fail_job(session: Session, job_id: str) -> None:
    """Let a job that waits end badly."""
    jobs.fail(session, make_claim(session, jobs.get(session, job_id)), TrainingDiverged())


def make_report(
    *, verdict: str = "repaired", accuracy: float = 0.95, attack: float = 0.02
) -> RepairReport:
    """A report with one attack; the figures are those after the repair."""
    file = InputFile(name="file", sha256="0" * 64, n=None)
    return RepairReport(
        verdict=verdict,  # type: ignore[arg-type]
        verdict_reasons=(),
        method="fine-pruning",
        params={},
        seed=0,
        selection=Selection(
            rule="",
            max_accuracy_drop=0.04,
            n_tune=8,
            n_select=2,
            select_accuracy_before=1.0,
            select_accuracy_after=1.0,
        ),
        preprocessing=PreprocessingChoice(name="/255", declared=True, reason="declared"),
        inputs=Inputs(model=file, clean_validation=file),
        versions={},
        command="",
        seconds=1.0,
        before=make_evaluation(accuracy=0.98, attack=0.99),
        after=make_evaluation(accuracy=accuracy, attack=attack),
        clean_accuracy_change=None,
        goodnet=GoodNetResult(
            class_index=10,
            rule="disagreement",
            threshold=None,
            declared_false_positive_rate=None,
            clean_accuracy=make_rate(0.9),
            false_positive_rate=make_rate(0.05),
            detection_rate={"sunglasses": make_rate(0.97)},
        ),
    )


def make_evaluation(*, accuracy: float, attack: float) -> Evaluation:
    """Figures of a model under one attack."""
    result = AttackResult(
        name="sunglasses",
        target_label=0,
        attack_success_rate=make_rate(attack),
        robust_accuracy=None,
        floor=make_rate(0.001),
    )
    return Evaluation(clean_accuracy=make_rate(accuracy), attacks=(result,))


def make_rate(value: float) -> Rate:
    """A share of 100 images."""
    return Rate(value=value, n=100, ci95=(max(0.0, value - 0.02), min(1.0, value + 0.02)))


def stream(text: bytes = b"data") -> io.BytesIO:
    """Bytes to read."""
    return io.BytesIO(text)


def _subject(
    session: Session, table: Any, owner: User | None, *, options: Any, columns: Any
) -> Any:
    upload = make_upload(session, owner)
    subject = subjects.new(session, table, upload, name="bad net", options=options)
    settled = {"state": "ready", "facts": {}, "canonical_sha256": "b" * 64, **columns}
    for name, value in settled.items():
        setattr(subject, name, value)
    session.flush()
    return subject
