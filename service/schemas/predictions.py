"""Trying models on pictures: what is asked, and what each model says."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from .fields import Asked, Id, Share, Told

#: How many pictures can be tried at a time.
MAX_PICTURES = 64
_MAX_TOP = 20

Index = Annotated[int, Field(ge=0, lt=2**31)]


class _PredictAsked(Asked):
    """Which pictures to try models on, and what to tell; pictures may also be sent as a form."""

    upload_id: Id | None = Field(
        default=None, description="A complete upload: a picture, or a set of pictures."
    )
    dataset: Id | None = Field(default=None, description="A data set that is ready.")
    indices: tuple[Index, ...] = Field(
        default=(), max_length=MAX_PICTURES, description="Which images of the data set, from 0."
    )
    top: int = Field(
        default=5, ge=1, le=_MAX_TOP, description="How many classes of each answer to tell."
    )

    @model_validator(mode="after")
    def _names_pictures_one_way(self) -> Self:
        if self.upload_id and self.dataset:
            raise ValueError("upload_id and dataset are two ways to name pictures; choose one")
        if bool(self.dataset) != bool(self.indices):
            raise ValueError("dataset and indices go together")
        return self


class JobPredict(_PredictAsked):
    """Try the models of a job: the one that came, the repaired one, and both together."""

    budget: Share | None = Field(
        default=None, description="Of a job with several repairs: which one; else the best."
    )


class ModelPredict(_PredictAsked):
    """Try a model as it is."""

    preprocessing: Literal["none", "/255", "[-1,1]", "imagenet-caffe", "imagenet-torch"] | None = (
        Field(
            default=None,
            description="How its inputs are scaled; if not given, what the last repair found.",
        )
    )


class ScoreView(Told):
    """How sure a model is of one class."""

    label: int
    probability: float


class ModelAnswerView(Told):
    """What one model says to one picture."""

    label: int
    #: The classes with the largest probabilities, the largest first.
    top: list[ScoreView]


class PictureAnswerView(Told):
    """What each model says to one picture; ``None`` is *not asked*."""

    name: str
    #: Width and height that it came with, where it had to be resized.
    resized_from: tuple[int, int] | None
    #: The class that the data set declares.
    label: int | None
    before: ModelAnswerView | None
    after: ModelAnswerView | None
    goodnet: ModelAnswerView | None
    #: Whether the N+1 model says class N.
    backdoored: bool | None


class PredictionView(Told):
    """What models say to pictures."""

    #: The job that asked them.
    job_id: str
    pictures: list[PictureAnswerView]
    n_classes: int
    preprocessing: str
    #: What was done to the pictures first, a sentence each.
    notes: list[str]
