"""What the schemas are made of: kinds of fields, and what all requests and all answers share."""

import datetime
from collections.abc import Sequence
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

Id = Annotated[str, StringConstraints(min_length=36, max_length=36, pattern=r"^[0-9a-f-]+$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
# NUL is legal in JSON, and PostgreSQL cannot store it.
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
Name = Annotated[Text, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Tag = Annotated[Text, StringConstraints(min_length=1, max_length=50, strip_whitespace=True)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


def _in_utc(moment: datetime.datetime) -> datetime.datetime:
    try:
        return moment.astimezone(datetime.UTC)
    except OverflowError as error:
        raise ValueError("is outside of the calendar") from error


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]

JobState = Literal[
    "queued", "starting", "running", "canceling", "succeeded", "failed", "canceled"
]  # fmt: skip
#: States that a job never leaves.
FINAL_STATES: frozenset[JobState] = frozenset({"succeeded", "failed", "canceled"})
SubjectState = Literal["checking", "ready", "rejected"]
Priority = Literal["low", "normal", "high"]
PreprocessingName = Literal["auto", "none", "/255", "[-1,1]", "imagenet-caffe", "imagenet-torch"]

PRIORITIES: dict[Priority, int] = {"low": -1, "normal": 0, "high": 1}

Item = TypeVar("Item")


class Asked(BaseModel):
    """What somebody sends; a field that we do not know is an error, not a wish unheard."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Told(BaseModel):
    """What we answer; a client ignores the fields that it does not know."""

    model_config = ConfigDict(frozen=True, extra="ignore", from_attributes=True)


class Page(Told, Generic[Item]):
    """Part of a list, newest first."""

    data: Sequence[Item]
    #: What to ask the next page with; ``None`` on the last one.
    next: str | None = None
    #: How many there are on all pages, where that was asked for and is not more than 10,000.
    total: int | None = None
