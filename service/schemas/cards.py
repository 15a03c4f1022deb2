"""The repair card: a report with all that it takes to check it, or to run it again."""

import datetime
from typing import Any

from core.results import Verdict

from .fields import Told


class CardInput(Told):
    """A file that a job worked on; what was deleted since is not listed, its hash is."""

    role: str
    id: str
    name: str
    file_name: str
    sha256: str
    n_bytes: int


class CardFile(Told):
    """A file that a job made."""

    name: str
    sha256: str
    n_bytes: int


class Reproduction(Told):
    """What it takes to run a repair again."""

    command: str
    seed: int
    #: Library to version.
    versions: dict[str, str]
    #: Role to SHA-256 of the file that was given.
    inputs: dict[str, str]


class CardView(Told):
    """One report of a job, whose it is, and the hashes of all that it is about."""

    schema_version: int = 1
    job_id: str
    name: str
    tags: list[str]
    verdict: Verdict
    created_at: datetime.datetime
    finished_at: datetime.datetime | None
    #: Subfolder of the results; empty for a single budget.
    folder: str
    inputs: list[CardInput]
    artifacts: list[CardFile]
    reproduce: Reproduction
    #: As in report.json.
    report: dict[str, Any]


class SeriesView(Told):
    """The points of a curve of a report."""

    name: str
    #: Accuracy budget of the report.
    budget: float
    columns: list[str]
    points: list[dict[str, Any]]
