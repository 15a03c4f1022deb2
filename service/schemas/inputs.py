"""Uploads, models and data sets."""

import datetime
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field

from .fields import Asked, Id, Name, Sha256, SubjectState, Told

if TYPE_CHECKING:
    from .. import tables


class UploadCreate(Asked):
    """A file is going to come."""

    file_name: Name
    n_bytes: int | None = Field(default=None, ge=0, lt=2**63, description="Size, if it is known.")


class UploadComplete(Asked):
    """All bytes of a file have been sent."""

    sha256: Sha256 | None = Field(default=None, description="What the sender computed.")


class UploadView(Told):
    """A file on its way in, or arrived."""

    id: str
    file_name: str
    state: Literal["receiving", "complete"]
    #: Bytes that have arrived.
    offset: int
    n_bytes: int | None
    sha256: str | None
    created_at: datetime.datetime

    @classmethod
    def of(cls, upload: "tables.Upload", offset: int) -> Self:
        """The row, and how many bytes are there."""
        columns = {name: getattr(upload, name, None) for name in cls.model_fields}
        return cls.model_validate({**columns, "offset": offset})


class ModelCreate(Asked):
    """A complete upload is a model."""

    upload_id: Id
    name: Name | None = Field(default=None, description="The file name, if not given.")
    architecture: Name | None = Field(
        default=None, description="Built-in architecture, for a file of weights only."
    )


class DatasetCreate(Asked):
    """A complete upload is a set of labelled images."""

    upload_id: Id
    name: Name | None = Field(default=None, description="The file name, if not given.")
    role: Literal["clean", "poisoned"] = "clean"
    layout: Literal["auto", "NCHW", "NHWC"] = "auto"
    labels: Literal["auto", "target", "original"] = Field(
        default="auto",
        description="What the labels of a poisoned set are: where the trigger sends an image, "
        "or its true class.",
    )
    target_label: int | None = Field(default=None, ge=0, lt=2**31)


class SubjectView(Told):
    """A file that is checked, was understood or was refused."""

    id: str
    owner_id: str
    name: str
    file_name: str
    sha256: str
    n_bytes: int
    state: SubjectState
    options: dict[str, Any]
    facts: dict[str, Any] | None
    error: dict[str, Any] | None
    intake_job_id: str | None
    created_at: datetime.datetime

    @classmethod
    def of(cls, row: "tables.Model | tables.Dataset") -> Self:
        """The row."""
        return cls.model_validate(row)


class ModelView(SubjectView):
    """A model file and what was understood of it."""


class DatasetView(SubjectView):
    """A set of labelled images and what was understood of it."""
