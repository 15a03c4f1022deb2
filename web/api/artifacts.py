"""What a job made: the list of its files, and the files."""

import mimetypes
from collections.abc import Sequence
from uuid import UUID

import flask
import pydantic

from service import artifacts, jobs, schemas
from service.audit import Thing

from .. import answering, auditing, policies, services
from ..openapi import ANY, Description, FileHeaders, describe

blueprint = flask.Blueprint("artifacts", __name__)

_BYTES = "application/octet-stream"
#: Names of ours that the tables of the system may not know.
_KINDS = {".h5": "application/x-hdf5", ".keras": "application/zip", ".md": "text/markdown"}


class ArtifactList(pydantic.BaseModel):
    """The files that a job made, by name."""

    data: Sequence[schemas.ArtifactView]


@blueprint.get("/jobs/<uuid:job_id>/artifacts")
@describe(
    Description(policy=policies.READ_OWN, answers={200: ArtifactList, 304: None}, tag="artifacts")
)
def list_artifacts(job_id: UUID) -> flask.Response:
    """The files that a job made."""
    with services.session(read_only=True) as session:
        job = jobs.get(session, str(job_id))
        rows = artifacts.list_artifacts(session, job.id)
    views = [schemas.ArtifactView.of(row) for row in rows]
    return answering.cacheable(answering.view(ArtifactList(data=views)))


@blueprint.get("/jobs/<uuid:job_id>/artifacts/<path:name>")
@describe(
    Description(
        policy=policies.READ_OWN,
        answers={200: ANY, 206: ANY, 304: None},
        tag="artifacts",
        headers=FileHeaders,
    )
)
def download_artifact(job_id: UUID, name: str) -> flask.Response:
    """A file that a job made, or the part of it that ``Range`` asks for."""
    with services.session(read_only=True) as session:
        artifact = artifacts.get(session, str(job_id), name)
    response = answering.file(
        services.current().storage.open(artifact.sha256),
        sha256=artifact.sha256,
        n_bytes=artifact.n_bytes,
        name=name.rpartition("/")[2],
        kind=_kind(name),
    )
    if not name.endswith(auditing.MODEL_SUFFIXES):
        return response
    return auditing.delivered(response, Thing("job", str(job_id), artifact.sha256))


def _kind(name: str) -> str:
    suffix = f".{name.rpartition('.')[2]}"
    return _KINDS.get(suffix) or mimetypes.guess_type(name)[0] or _BYTES
