"""Models: uploads that are checked, then ready for jobs or rejected."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from . import jobs, paging, subjects, uploads
from .paging import Rows
from .schemas import ModelCreate
from .tables import Model


def add(session: Session, owner_id: str, request: ModelCreate) -> Model:
    """A new model, ``checking``, and the job that checks it.

    Raises:
        NotFound: There is no such upload, or it is somebody else's.
        UploadIncomplete: Bytes of it are missing.
    """
    upload = uploads.get(session, request.upload_id, owner_id=owner_id)
    options = request.model_dump(mode="json", exclude={"upload_id", "name"})
    row = subjects.new(session, Model, upload, name=request.name, options=options)
    jobs.submit_intake(session, row)
    return row


def get(session: Session, model_id: str) -> Model:
    """The model as it is now.

    Raises:
        NotFound: There is none.
    """
    return subjects.get(session, Model, model_id)


def list_models(
    session: Session, *, owner_id: str | None = None, cursor: str | None = None, limit: int = 50
) -> Rows[Model]:
    """A page of models, newest first; of one owner, or of all.

    Raises:
        InvalidRequest: The cursor or the limit is not a valid one.
    """
    query = sa.select(Model)
    if owner_id is not None:
        query = query.where(Model.owner_id == owner_id)
    return paging.fetch(session, query, Model.id, cursor=cursor, limit=limit)


def delete(session: Session, model_id: str) -> None:
    """Forget a model; jobs that used it keep their results.

    Raises:
        NotFound: There is none.
        ResourceInUse: A job that has not ended needs it.
    """
    subjects.delete(session, get(session, model_id))
