"""Diagnoses: what is asked, and what is told of one."""

import datetime
from typing import Any

from .asking import WorkOptions
from .fields import Id, Seed, Told


class ModelDiagnose(WorkOptions):
    """Look for classes of a model that may be targets of a backdoor."""

    clean_validation: Id
    seed: Seed = 0


class DiagnosisView(Told):
    """A diagnosis: suspects with the evidence against them, which is never proof."""

    #: The job that made it; pictures of triggers are among its files.
    job_id: str
    model_id: str
    finished_at: datetime.datetime | None
    #: As in diagnosis.json.
    diagnosis: dict[str, Any]
