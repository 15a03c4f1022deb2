"""What data sets look like: files that their intake made."""

from sqlalchemy.orm import Session

from core import overview

from . import artifacts, errors
from .tables import Artifact, Dataset

_FOLDER = "overview"


def sheet(session: Session, dataset: Dataset, *, n: int, show_people: bool) -> Artifact:
    """The smallest sheet with so many pictures, or the largest there is.

    Raises:
        PreviewDisabled: The set shows people, and nobody said that these are to be shown.
        NotFound: The set has not been checked yet, or was refused, or before there were previews.
    """
    if dataset.options.get("people") and not show_people:
        raise errors.PreviewDisabled(
            f"{dataset.name!r} is said to show people", id=dataset.id,
            hint="ask with ?show=true to see them all the same",
        )  # fmt: skip
    return _file(session, dataset, overview.sheet_name(n))


def stats(session: Session, dataset: Dataset) -> Artifact:
    """The figures of a set, a `core.overview.DatasetStats` as JSON.

    Raises:
        NotFound: As for `sheet`.
    """
    return _file(session, dataset, overview.STATS)


def _file(session: Session, dataset: Dataset, name: str) -> Artifact:
    try:
        return artifacts.get(session, dataset.intake_job_id or "", f"{_FOLDER}/{name}")
    except errors.NotFound as error:
        raise errors.NotFound(
            f"there is no preview of {dataset.name!r}, which is {dataset.state}",
            id=dataset.id, received=dataset.state,
        ) from error  # fmt: skip
