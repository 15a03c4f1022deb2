"""Data sets: uploads that are checked, then ready for jobs or rejected."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from . import jobs, subjects
from .paging import Rows
from .schemas import DatasetCreate, DatasetFilter, SubjectEdit
from .tables import Dataset


def known(session: Session, owner_id: str, request: DatasetCreate) -> Dataset | None:
    """The data set that the same bytes, declared alike, have become before.

    Raises:
        NotFound: There is no such upload, or it is somebody else's.
    """
    return subjects.known(session, Dataset, owner_id, request)


def add(session: Session, owner_id: str, request: DatasetCreate) -> Dataset:
    """A new data set, ``checking``, and the job that checks it.

    Raises:
        NotFound: There is no such upload, or it is somebody else's.
        UploadIncomplete: Bytes of it are missing.
    """
    row = subjects.receive(session, Dataset, owner_id, request)
    jobs.submit_intake(session, row)
    return row


def get(session: Session, dataset_id: str) -> Dataset:
    """The data set as it is now.

    Raises:
        NotFound: There is none.
    """
    return subjects.get(session, Dataset, dataset_id)


def list_datasets(
    session: Session,
    wanted: DatasetFilter | None = None,
    *,
    owner_id: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Rows[Dataset]:
    """A page of data sets, newest first; of one owner, or of all.

    Raises:
        InvalidRequest: The cursor or the limit is not a valid one.
    """
    return subjects.list_rows(
        session, Dataset, wanted=wanted, owner_id=owner_id, cursor=cursor, limit=limit
    )


def edit(session: Session, dataset_id: str, changes: SubjectEdit, *, version: int) -> Dataset:
    """Change what people call a data set and say about it; fields that were not given stay.

    Raises:
        NotFound: There is none.
        PreconditionFailed: Somebody else changed it since that version.
    """
    return subjects.edit(session, Dataset, dataset_id, changes, version=version)


def count_repairs(session: Session, dataset_ids: Sequence[str]) -> dict[str, int]:
    """Id to the number of repairs that name the data set; without those that none does."""
    return subjects.count_repairs(session, Dataset, dataset_ids)


def delete(session: Session, dataset_id: str) -> None:
    """Forget a data set; jobs that used it keep their results.

    Raises:
        NotFound: There is none.
        ResourceInUse: A job that has not ended needs it.
    """
    subjects.delete(session, get(session, dataset_id))
