"""An upload is checked in a child that it cannot get out of, and its canonical form is kept."""

from functools import partial
from pathlib import Path
from typing import Any

from core import children, errors
from service import jobs, storage
from service.jobs import Outcome

from . import attempts, crashpoints, packing
from .attempts import Attempt, Settle


def work(attempt: Attempt) -> Settle:
    """Check the upload that an intake job names.

    Raises:
        InvalidInput: It cannot be used.
        Stopped: This attempt is over.
    """
    canonical = attempt.folder.inputs / "canonical"
    try:
        facts = _ingest(attempt, canonical)
    except errors.ChildFailed as error:
        attempts.raise_if_lost(error)
        raise
    crashpoints.reach("before_keep")
    canonical_sha256 = _keep(attempt, canonical)
    crashpoints.reach("after_keep")
    attempt.check()
    outcome = Outcome(facts=facts, canonical_sha256=canonical_sha256)
    return partial(jobs.finish, claim=attempt.claim, outcome=outcome)


def _ingest(attempt: Attempt, canonical: Path) -> dict[str, Any]:
    asked, services = attempt.claim.request, attempt.services
    options, upload = asked["options"], services.storage.path(asked["sha256"])
    if asked["subject"] == "model":
        return children.ingest_model(
            upload,
            canonical,
            architecture=options.get("architecture"),
            name=asked["name"],
            time_limit_s=services.settings.intake_time_limit_s,
            watch=attempt.watch,
        )
    return children.ingest_images(
        upload,
        canonical,
        layout=options.get("layout", "auto"),
        name=asked["name"],
        time_limit_s=services.settings.intake_time_limit_s,
        watch=attempt.watch,
    )


def _keep(attempt: Attempt, canonical: Path) -> str:
    packed = attempt.folder.root / "canonical.tar"
    packing.pack(canonical, packed)
    return attempt.services.storage.take(packed, storage.hash_file(packed)).sha256
