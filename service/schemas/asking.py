"""What can be asked of jobs."""

from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    ModelWrapValidatorHandler,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from core import catalogue
from core.requests import MAX_SEEDS, GoodNetRule
from core.results import Verdict

from . import parameters, searching
from .fields import (
    Asked,
    Id,
    JobState,
    Moment,
    Name,
    PreprocessingName,
    Priority,
    Seed,
    Share,
    Tag,
    Text,
)

Label = Annotated[int, Field(ge=0, lt=2**31)]
_LARGEST_SEED = 2**32 - 1


class JobData(Asked):
    """The data sets of a repair, by role."""

    clean_validation: Id
    clean_test: Id | None = None
    poisoned_test: tuple[Id, ...] = Field(default=(), max_length=50)
    unlabelled: Id | None = Field(
        default=None,
        description="More images of the same kind, clean or unlabelled; nobody reads their labels.",
    )


class GoodNetOptions(Asked):
    """How the N+1 model decides."""

    rule: GoodNetRule = "auto"
    false_positive_rate: float = Field(default=0.01, gt=0, lt=1)
    targets: tuple[Label, ...] = Field(
        default=(),
        max_length=1000,
        description="Classes known to be targets of a backdoor; in the place of those suspected.",
    )


class GateLimits(Asked):
    """Limits that a result should keep; none given is no limit."""

    max_attack_success_rate: Share | None = None
    max_accuracy_drop: Share | None = None


class WorkOptions(Asked):
    """What every job that takes its time has: where and when it is done, and what it is called."""

    preprocessing: PreprocessingName = "auto"
    queue: Literal["cpu", "gpu"] = "cpu"
    priority: Priority = "normal"
    time_limit_s: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    name: Annotated[Text, StringConstraints(max_length=200)] = ""
    tags: tuple[Tag, ...] = Field(default=(), max_length=20)
    notes: Annotated[Text, StringConstraints(max_length=10_000)] = ""


class JobOptions(WorkOptions):
    """What a repair and all repairs of a batch have in common."""

    n_classes: int | None = Field(default=None, ge=2, le=2**20)
    n_seeds: int = Field(
        default=1,
        ge=1,
        le=MAX_SEEDS,
        description="Repairs with as many seeds, to see how they differ; the first is delivered.",
    )
    reactivation: bool = Field(
        default=True,
        description="Try whether a few poisoned images bring the backdoor back, where there are.",
    )
    traces: bool = Field(
        default=True,
        description="Gather the evidence of a diagnosis, where there is one, once more afterwards.",
    )
    goodnet: GoodNetOptions = GoodNetOptions()
    gate: GateLimits | None = None


def check_last_seed(title: str, seed: int, n_seeds: int) -> None:
    """Refuse more seeds than there are from this one on, at the field that says how many.

    Raises:
        ValidationError: pydantic makes it part of its own.
    """
    if seed + n_seeds - 1 > _LARGEST_SEED:
        words = f"{n_seeds} seeds from {seed} on would pass {_LARGEST_SEED}: take fewer of them"
        kind = PydanticCustomError("too_many_seeds", "{words}", {"words": words})
        place = InitErrorDetails(type=kind, loc=("n_seeds",), input=n_seeds)
        raise ValidationError.from_exception_data(title, [place])


class JobCreate(JobOptions):
    """Repair a model. Parameters of the method are checked, and their defaults filled in.

    Raises:
        InvalidParams: The method or parameters of it are unknown or out of range, and nothing
            else is wrong.
    """

    kind: Literal["repair"] = "repair"
    model: Id
    data: JobData
    method: str = catalogue.DEFAULT_METHOD
    params: dict[str, Any] = Field(default_factory=dict)
    max_accuracy_drops: tuple[Share, ...] = Field(default=(0.04,), min_length=1, max_length=20)
    seed: Seed = 0

    @model_validator(mode="wrap")
    @classmethod
    def _fill_in_parameters(cls, given: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        checked = parameters.check(given)
        try:
            made = handler(checked.given)
        except ValidationError as error:
            raise checked.refusal_with(cls.__name__, error) from error
        if checked.problems:
            raise checked.refusal()
        return made

    @model_validator(mode="after")
    def _names_each_thing_once(self) -> Self:
        for name in ("max_accuracy_drops", "tags"):
            items = getattr(self, name)
            if len(set(items)) < len(items):
                raise ValueError(f"{name} names something twice")
        if len(set(self.data.poisoned_test)) < len(self.data.poisoned_test):
            raise ValueError("data.poisoned_test names a data set twice")
        return self

    @model_validator(mode="after")
    def _has_as_many_seeds(self) -> Self:
        check_last_seed(type(self).__name__, self.seed, self.n_seeds)
        return self


class JobRetry(Asked):
    """Do a job again, with changes: fields of the first request that take another value."""

    overrides: dict[str, Any] = Field(default_factory=dict)


class JobEdit(Asked):
    """What people call a job and say about it; what is not given stays as it is."""

    name: Annotated[Text, StringConstraints(max_length=200)] = ""
    tags: tuple[Tag, ...] = Field(default=(), max_length=20)
    notes: Annotated[Text, StringConstraints(max_length=10_000)] = ""


#: What a list of jobs can be sorted by; with a minus, the largest or latest first.
JobSort = Literal[
    "created_at", "-created_at", "finished_at", "-finished_at",
    "clean_accuracy_after", "-clean_accuracy_after",
    "attack_success_rate_after", "-attack_success_rate_after",
]  # fmt: skip


class JobFilter(Asked):
    """Which jobs to list; what is not given does not matter."""

    state: tuple[JobState, ...] = ()
    verdict: tuple[Verdict, ...] = ()
    kind: Literal["repair", "diagnose", "intake", "predict"] | None = None
    method: Name | None = None
    model: Id | None = None
    dataset: Id | None = None
    batch: Id | None = None
    owner: Id | None = None
    tag: Tag | None = None
    #: Words in the name or the notes.
    q: Name | None = None
    #: Terms and alternatives, as in `searching`.
    search: Annotated[Name, AfterValidator(searching.checked)] | None = Field(
        default=None, examples=["state:failed OR tag:lab3"]
    )
    created_after: Moment | None = None
    #: What lies in the trash, and only that; lists leave it out otherwise.
    trash: bool = False
