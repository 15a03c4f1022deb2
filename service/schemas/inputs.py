"""Uploads, models and data sets."""

import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from .fields import Asked, Id, Name, Sha256, SubjectState, Tag, Text, Told

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


#: What a set of images is: without a trigger, with one, or without labels that anybody reads.
DatasetRole = Literal["clean", "poisoned", "unlabelled"]


class DatasetCreate(Asked):
    """A complete upload is a set of images; ``unlabelled`` ones may be pictures without folders."""

    upload_id: Id
    name: Name | None = Field(default=None, description="The file name, if not given.")
    role: DatasetRole = "clean"
    layout: Literal["auto", "NCHW", "NHWC"] = "auto"
    labels: Literal["auto", "target", "original"] = Field(
        default="auto",
        description="What the labels of a poisoned set are: where the trigger sends an image, "
        "or its true class.",
    )
    target_label: int | None = Field(default=None, ge=0, lt=2**31)
    people: bool = Field(
        default=False,
        description="Whether people can be recognised; its preview is then shown on request only.",
    )


class SubjectEdit(Asked):
    """What people call a model or data set and say about it; what is not given stays as it is."""

    name: Name | None = None
    tags: tuple[Tag, ...] = Field(default=(), max_length=20)
    notes: Annotated[Text, StringConstraints(max_length=10_000)] = ""

    @model_validator(mode="after")
    def _has_a_name(self) -> Self:
        if "name" in self.model_fields_set and self.name is None:
            raise ValueError("a name cannot be taken away")
        return self


class SubjectFilter(Asked):
    """Which models or data sets to list; what is not given does not matter."""

    state: tuple[SubjectState, ...] = ()
    tag: Tag | None = None
    sha256: Sha256 | None = Field(default=None, description="Of the file that was uploaded.")
    q: Name | None = Field(default=None, description="Words in the name, file name or notes.")


class DatasetFilter(SubjectFilter):
    """Which data sets to list."""

    role: DatasetRole | None = None


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
    tags: list[str]
    notes: str
    #: Grows with each edit.
    version: int
    created_at: datetime.datetime

    @classmethod
    def of(cls, row: "tables.Model | tables.Dataset") -> Self:
        """The row."""
        return cls.model_validate(row)


class ShownImageView(Told):
    """A picture of a preview."""

    #: Its place in the data set, from 0.
    index: int
    #: Its class; -1 where nobody knows it.
    label: int


class DatasetStatsView(Told):
    """Figures of a data set; ``None`` is *not measured*."""

    n: int
    value_range: tuple[float, float]
    #: Pixels that are NaN or infinite; a set that has any is refused.
    n_not_finite: int
    #: Label, as text, to number of images; empty beyond 10,000 classes.
    class_counts: dict[str, int]
    #: Images whose pixels occur earlier in the set; ``None`` for more than a million images.
    n_duplicates: int | None
    #: What the preview shows, row by row.
    shown: list[ShownImageView]


class ModelView(SubjectView):
    """A model file and what was understood of it."""


class DatasetView(SubjectView):
    """A set of images and what was understood of it."""
