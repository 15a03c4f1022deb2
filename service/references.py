"""Which files are named by a row, and so are needed."""

import json
import re
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from .tables import FINAL, Artifact, Dataset, Job, Model, Upload

_COLUMNS = (
    Upload.sha256,
    Model.sha256,
    Model.canonical_sha256,
    Dataset.sha256,
    Dataset.canonical_sha256,
    Artifact.sha256,
)
_SHA256 = re.compile(r"\b[0-9a-f]{64}\b")


def by_rows(session: Session, names: Collection[str]) -> set[str]:
    """Those of the files that a row names."""
    queries = (sa.select(column).where(column.in_(names)) for column in _COLUMNS)
    return {name for query in queries for name in session.scalars(query) if name is not None}


def in_open_jobs(session: Session) -> set[str]:
    """The files that jobs ask for which have not ended, wherever in their request."""
    requests = session.scalars(sa.select(Job.request).where(Job.state.not_in(FINAL)))
    return {name for request in requests for name in _SHA256.findall(json.dumps(request))}


def all_of(session: Session) -> set[str]:
    """Every file that a row names."""
    found: set[str] = set()
    for column in _COLUMNS:
        found.update(session.scalars(sa.select(column).where(column.is_not(None)).distinct()))
    return found
