"""Models: uploads that are checked, then ready for jobs or rejected."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from . import jobs, subjects
from .paging import Rows
from .schemas import ModelCreate, SubjectEdit, SubjectFilter
from .tables import Model


def known(session: Session, owner_id: str, request: ModelCreate) -> Model | None:
    """The model that the same bytes, declared alike, have become before.

    Raises:
        NotFound: There is no such upload, or it is somebody else's.
    """
    return subjects.known(session, Model, owner_id, request)


def add(session: Session, owner_id: str, request: ModelCreate) -> Model:
    """A new model, ``checking``, and the job that checks it.

    Raises:
        NotFound: There is no such upload, or it is somebody else's.
        UploadIncomplete: Bytes of it are missing.
    """
    row = subjects.receive(session, Model, owner_id, request)
    jobs.submit_intake(session, row)
    return row


def get(session: Session, model_id: str) -> Model:
    """The model as it is now.

    Raises:
        NotFound: There is none.
    """
    return subjects.get(session, Model, model_id)


def list_models(
    session: Session,
    wanted: SubjectFilter | None = None,
    *,
    owner_id: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Rows[Model]:
    """A page of models, newest first; of one owner, or of all.

    Raises:
        InvalidRequest: The cursor or the limit is not a valid one.
    """
    return subjects.list_rows(
        session, Model, wanted=wanted, owner_id=owner_id, cursor=cursor, limit=limit
    )


def edit(session: Session, model_id: str, changes: SubjectEdit, *, version: int) -> Model:
    """Change what people call a model and say about it; fields that were not given stay.

    Raises:
        NotFound: There is none.
        PreconditionFailed: Somebody else changed it since that version.
    """
    return subjects.edit(session, Model, model_id, changes, version=version)


def count_repairs(session: Session, model_ids: Sequence[str]) -> dict[str, int]:
    """Id to the number of repairs that name the model; without those that none does."""
    return subjects.count_repairs(session, Model, model_ids)


def delete(session: Session, model_id: str) -> None:
    """Forget a model; jobs that used it keep their results.

    Raises:
        NotFound: There is none.
        ResourceInUse: A job that has not ended needs it.
    """
    subjects.delete(session, get(session, model_id))
