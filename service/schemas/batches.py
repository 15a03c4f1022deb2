"""Many jobs at once: what is asked of them, what is planned, and what came of them."""

import datetime
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import (
    AfterValidator,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from core import catalogue
from core.results import Verdict

from . import parameters
from .asking import JobData, JobOptions, check_last_seed
from .fields import Asked, Id, JobState, Seed, Share, Told

if TYPE_CHECKING:
    from .. import tables

#: So many different values one factor may have; the product has a limit of its own.
_MAX_VALUES = 1000


def _each_once(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """The values, if no two are equal; else an error that points at each that came before."""
    if not values:
        raise ValueError("names nothing")
    again = [place for place, value in enumerate(values) if value in values[:place]]
    if again:
        kind = PydanticCustomError("named_twice", "names something twice")
        places = [InitErrorDetails(type=kind, loc=(place,), input=None) for place in again]
        raise ValidationError.from_exception_data("factor", places)
    return values


def _factor(**more: Any) -> Any:
    # pydantic would say of a factor whose values are all wrong that it has none
    return Field(max_length=_MAX_VALUES, json_schema_extra={"minItems": 1}, **more)


_Once = AfterValidator(_each_once)


class BatchMethod(Asked):
    """A method and its parameters; those that are left out take their defaults."""

    name: str = catalogue.DEFAULT_METHOD
    params: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="wrap")
    @classmethod
    def _fill_in_parameters(cls, given: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        checked = parameters.check(given, method_field="name")
        try:
            made = handler(checked.given)
        except ValidationError as error:
            raise checked.refusal_with(cls.__name__, error) from error
        if checked.problems:
            raise checked.refusal_with(cls.__name__, None)
        return made


class BatchCreate(JobOptions):
    """A job for each model with each data with each method, budget and seed."""

    models: Annotated[tuple[Id, ...], _Once] = _factor()
    data: Annotated[tuple[JobData, ...], _Once] = _factor()
    methods: Annotated[tuple[BatchMethod, ...], _Once] = _factor(default=(BatchMethod(),))
    max_accuracy_drops: Annotated[tuple[Share, ...], _Once] = _factor(
        default=(0.04,), description="Budgets; each is a job of its own."
    )
    seeds: Annotated[tuple[Seed, ...], _Once] = _factor(default=(0,))

    @model_validator(mode="after")
    def _has_as_many_seeds(self) -> Self:
        check_last_seed(type(self).__name__, max(self.seeds), self.n_seeds)
        return self

    def factors(self) -> dict[str, int]:
        """Name of each factor to the number of its values."""
        names = ("models", "data", "methods", "max_accuracy_drops", "seeds")
        return {name: len(getattr(self, name)) for name in names}

    def n_jobs(self) -> int:
        """How many jobs that are."""
        return math.prod(self.factors().values())


class PlannedJob(Told):
    """A job that would be made."""

    name: str
    #: What it would be asked, with the defaults filled in.
    request: dict[str, Any]
    #: What is allowed, and perhaps not meant.
    warnings: Sequence[str]
    #: Median of like jobs that succeeded lately; ``None`` where there is none.
    estimated_seconds: float | None


class Plan(Told):
    """What a request would make."""

    n_jobs: int
    jobs: Sequence[PlannedJob]
    #: Of all jobs one after another; ``None`` where nothing is known of one of them.
    estimated_seconds: float | None


class BatchSummary(Told):
    """A batch in a list."""

    id: str
    owner_id: str
    name: str
    tags: list[str]
    #: Jobs, those that were replaced by a retry among them.
    n_jobs: int
    #: Jobs that have not ended.
    n_open: int
    #: Jobs that failed and were tried again, in ``n_jobs`` but not in the counts below.
    n_replaced: int
    #: State to number of jobs, and verdict to number of jobs.
    states: dict[JobState, int]
    verdicts: dict[Verdict, int]
    created_at: datetime.datetime
    #: When the last job ended; ``None`` while one is open.
    finished_at: datetime.datetime | None

    @classmethod
    def of(cls, batch: "tables.Batch", **more: Any) -> Self:
        """The row, and what was counted of its jobs."""
        columns = cls.model_fields.keys() - more.keys()
        told = {name: getattr(batch, name) for name in columns}
        return cls.model_validate({**told, **more})


class BatchBest(Told):
    """The best job of a model: the better verdict, then the lower attack success."""

    model_id: str
    model: str
    job_id: str
    verdict: Verdict
    clean_accuracy_after: float | None
    attack_success_rate_after: float | None


class BatchView(BatchSummary):
    """A batch with all that is known of it."""

    request: dict[str, Any]
    best: Sequence[BatchBest]
    #: Until the last job ends, if no other jobs go first; ``None`` where that is not known.
    eta_seconds: float | None


class MatrixRow(Told):
    """A model with its data."""

    model_id: str
    model: str
    data: str


class MatrixColumn(Told):
    """A method with its parameters, a budget and a seed."""

    label: str
    method: str
    params: dict[str, Any]
    max_accuracy_drop: float
    seed: int


class MatrixCell(Told):
    """A job of a batch and its headline; shares, ``None`` where not measured."""

    job_id: str
    state: JobState
    verdict: Verdict | None
    clean_accuracy_before: float | None
    clean_accuracy_after: float | None
    attack_success_rate_before: float | None
    attack_success_rate_after: float | None
    #: Code of what went wrong.
    error: str | None


class Matrix(Told):
    """What came of a batch: a row for each model with its data, a column for the rest."""

    batch_id: str
    rows: Sequence[MatrixRow]
    columns: Sequence[MatrixColumn]
    #: By row, then by column; ``None`` where the job lies in the trash.
    cells: Sequence[Sequence[MatrixCell | None]]
