"""Data sets: uploads that are checked, then ready for jobs or rejected."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from . import jobs, paging, subjects, uploads
from .paging import Rows
from .schemas import DatasetCreate
from .tables import Dataset


def add(session: Session, owner_id: str, request: DatasetCreate) -> Dataset:
    """A new data set, ``checking``, and the job that checks it.

    Raises:
        NotFound: There is no such upload, or it is somebody else's.
        UploadIncomplete: Bytes of it are missing.
    """
    upload = uploads.get(session, request.upload_id, owner_id=owner_id)
    options = request.model_dump(mode="json", exclude={"upload_id", "name"})
    row = subjects.new(session, Dataset, upload, name=request.name, options=options)
    jobs.submit_intake(session, row)
    return row


def get(session: Session, dataset_id: str) -> Dataset:
    """The data set as it is now.

    Raises:
        NotFound: There is none.
    """
    return subjects.get(session, Dataset, dataset_id)


def list_datasets(
    session: Session, *, owner_id: str | None = None, cursor: str | None = None, limit: int = 50
) -> Rows[Dataset]:
    """A page of data sets, newest first; of one owner, or of all.

    Raises:
        InvalidRequest: The cursor or the limit is not a valid one.
    """
    query = sa.select(Dataset)
    if owner_id is not None:
        query = query.where(Dataset.owner_id == owner_id)
    return paging.fetch(session, query, Dataset.id, cursor=cursor, limit=limit)


def delete(session: Session, dataset_id: str) -> None:
    """Forget a data set; jobs that used it keep their results.

    Raises:
        NotFound: There is none.
        ResourceInUse: A job that has not ended needs it.
    """
    subjects.delete(session, get(session, dataset_id))
