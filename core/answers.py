"""What models say to single pictures: frozen values, told by `core.trying` and by the API."""

from dataclasses import dataclass

from .results import Value


@dataclass(frozen=True, kw_only=True)
class Score(Value):
    """How sure a model is of one class."""

    label: int
    #: In [0, 1].
    probability: float


@dataclass(frozen=True, kw_only=True)
class ModelAnswer(Value):
    """What one model says to one picture."""

    #: The class with the largest probability; of a good net also N, *backdoored*.
    label: int
    #: The classes with the largest probabilities, the largest first.
    top: tuple[Score, ...]


@dataclass(frozen=True, kw_only=True)
class AskedPicture(Value):
    """A picture that models are asked about."""

    #: File name, or what the picture is called in its set.
    name: str
    #: Its place in the set of pictures, from 0.
    index: int
    #: Width and height that it came with, where it had to be resized to fit the model.
    resized_from: tuple[int, int] | None = None


@dataclass(frozen=True, kw_only=True)
class PictureAnswer(Value):
    """What each model says to one picture. ``None`` is *not asked*."""

    name: str
    resized_from: tuple[int, int] | None
    #: The class that the data set declares; ``None`` for a picture file.
    label: int | None
    #: The model as it came.
    before: ModelAnswer | None = None
    #: The repaired model.
    after: ModelAnswer | None = None
    #: The N+1 model.
    goodnet: ModelAnswer | None = None
    #: Whether the N+1 model says class N.
    backdoored: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Answers(Value):
    """What models say to some pictures."""

    pictures: tuple[PictureAnswer, ...]
    #: Number of classes N of the model; a good net also says class N.
    n_classes: int
    #: How stored pixels were scaled.
    preprocessing: str
    #: What was done to the pictures first, a sentence each.
    notes: tuple[str, ...] = ()
