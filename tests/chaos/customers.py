"""Those who ask for jobs, and may change their mind."""

import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.schemas import JobCreate
from service.tables import FINAL

from . import inputs
from .calls import PATIENCE_S, Caller
from .inputs import Subjects
from .plans import Cancel, Kind, Wish
from .systems import System

_TICK_S = 0.1


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What somebody who wished for a job was told."""

    wish: Wish
    #: ``None``: nobody ever answered that the job exists.
    job_id: str | None
    #: From the request to cancel to the end of the job.
    cancel_s: float | None = None
    #: Answers that nobody should get, such as 500.
    bad_answers: tuple[str, ...] = ()


def serve(system: System, wish: Wish, subjects: Mapping[Kind, Subjects]) -> Receipt:
    """Ask for a job, and cancel it if that is the wish."""
    with Caller(system.url, system.token) as caller:
        job_id = _upload(caller, wish) if wish.kind == "upload" else _submit(caller, wish, subjects)
        cancel_s = _cancel(caller, job_id, wish.cancel) if job_id and wish.cancel else None
    return Receipt(
        wish=wish, job_id=job_id, cancel_s=cancel_s, bad_answers=tuple(caller.bad_answers)
    )


def _upload(caller: Caller, wish: Wish) -> str | None:
    with tempfile.NamedTemporaryFile(suffix=".npz") as file:
        file.write(inputs.image_file(wish.seed))
        file.flush()
        upload_id = caller.upload(Path(file.name))
    made = caller.make("/datasets", {"upload_id": upload_id, "name": wish.name})
    return None if made is None else str(made["intake_job_id"])


def _submit(caller: Caller, wish: Wish, subjects: Mapping[Kind, Subjects]) -> str | None:
    chosen, is_real = subjects[wish.kind], wish.kind == "real"
    asked = JobCreate(
        model=chosen.model,
        data=chosen.data,
        method="fine-pruning",
        name=wish.name,
        queue="gpu" if is_real else "cpu",
        params=inputs.REAL_PARAMS if is_real else {},
        seed=0 if is_real else wish.seed,
    )
    made = caller.make("/jobs", asked.model_dump(mode="json"))
    return None if made is None else str(made["id"])


def _cancel(caller: Caller, job_id: str, cancel: Cancel) -> float | None:
    """Seconds from the request to the end of the job."""
    if cancel.after_s is None:
        _wait(lambda job: _is_at_its_last_step(job), caller, job_id)
    else:
        time.sleep(cancel.after_s)
    began = time.monotonic()
    while caller.ask("POST", f"/jobs/{job_id}/cancel") is None:
        if time.monotonic() > began + PATIENCE_S:
            return None
        time.sleep(_TICK_S)
    _wait(_is_over, caller, job_id)
    return time.monotonic() - began


def _wait(condition: Any, caller: Caller, job_id: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and not condition(caller.job(job_id)):
        time.sleep(_TICK_S)


def _is_over(job: Mapping[str, Any]) -> bool:
    return job.get("state") in FINAL


def _is_at_its_last_step(job: Mapping[str, Any]) -> bool:
    progress = job.get("progress") or {}
    total = progress.get("total")
    return _is_over(job) or (total is not None and progress["current"] >= total)
