"""An upload is checked in a child that it cannot get out of, and its canonical form is kept."""

from functools import partial
from pathlib import Path
from typing import Any

from core import children
from core.children import Oversight
from service import jobs, storage
from service.jobs import Outcome

from . import crashpoints, inputs, packing
from .attempts import Attempt, Settle


def work(attempt: Attempt) -> Settle:
    """Check the upload that an intake job names.

    Raises:
        InvalidInput: It cannot be used.
        Stopped: This attempt is over.
    """
    canonical = attempt.folder.inputs / "canonical"
    with inputs.killed_told():
        facts = _ingest(attempt, canonical)
    crashpoints.reach("before_keep")
    _take_out_overview(attempt, canonical)
    files = attempt.kept_results()
    canonical_sha256 = _keep(attempt, canonical)
    crashpoints.reach("after_keep")
    attempt.check()
    outcome = Outcome(facts=facts, canonical_sha256=canonical_sha256, files=files)
    return partial(jobs.finish, claim=attempt.claim, outcome=outcome)


def _ingest(attempt: Attempt, canonical: Path) -> dict[str, Any]:
    asked, services = attempt.claim.request, attempt.services
    options, upload = asked["options"], attempt.storage.path(asked["sha256"])
    limit_s = services.settings.intake_time_limit_s
    oversight = Oversight(time_limit_s=limit_s, watch=attempt.watch)
    if asked["subject"] == "model":
        return children.ingest_model(
            upload,
            canonical,
            architecture=options.get("architecture"),
            name=asked["name"],
            oversight=oversight,
        )
    how = {"layout": options.get("layout", "auto"), "name": asked["name"], "overview": True}
    if options.get("role") != "unlabelled":
        return children.ingest_images(upload, canonical, oversight=oversight, **how)
    facts = children.ingest_pictures([upload], canonical, oversight=oversight, **how)
    del facts["original_sizes"]  # one for each picture, and all the same
    return facts


def _take_out_overview(attempt: Attempt, canonical: Path) -> None:
    """What a data set looks like is a result of the job, and no part of the canonical form."""
    overview = canonical / "overview"
    if overview.exists():
        overview.rename(attempt.folder.results / overview.name)


def _keep(attempt: Attempt, canonical: Path) -> str:
    packed = attempt.folder.root / "canonical.tar"
    packing.pack(canonical, packed)
    return attempt.storage.take(packed, storage.hash_file(packed)).sha256
