"""The combinations of a batch: what each job is asked and called, and where it stands."""

import itertools
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from .jobs.inputs import Found
from .schemas import BatchCreate, BatchMethod, JobCreate, JobData

_MAX_NAME = 200
_LABELS = "labels"


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A request for a batch, and what people call its models, data and methods.

    The labels are kept with the request, because models and data sets may be deleted later.
    """

    request: BatchCreate
    models: tuple[str, ...]
    data: tuple[str, ...]
    methods: tuple[str, ...]

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """The grid that `to_json` made."""
        asked = {name: kept[name] for name in kept if name != _LABELS}
        labels = {name: tuple(kept[_LABELS][name]) for name in ("models", "data", "methods")}
        return cls(request=BatchCreate.model_validate(asked), **labels)

    def to_json(self) -> dict[str, Any]:
        """What was asked, with the defaults filled in, and under ``labels`` the labels."""
        labels = {"models": self.models, "data": self.data, "methods": self.methods}
        return {
            **self.request.model_dump(mode="json"),
            _LABELS: {name: list(texts) for name, texts in labels.items()},
        }

    def requests(self) -> Iterator[JobCreate]:
        """What each job is asked: row by row of the matrix, in a row column by column."""
        common = self.request.model_dump(include=set(_COMMON))
        for row, column in itertools.product(self.rows(), self.columns()):
            yield JobCreate.model_validate(
                {
                    **common,
                    "model": self.request.models[row.model],
                    "data": self.request.data[row.data],
                    "method": self.request.methods[column.method].name,
                    "params": self.request.methods[column.method].params,
                    "max_accuracy_drops": (column.max_accuracy_drop,),
                    "seed": column.seed,
                    "name": self._name(row, column),
                }
            )

    def rows(self) -> list["Row"]:
        """Each model with each data."""
        places = itertools.product(range(len(self.models)), range(len(self.data)))
        return [Row(*place) for place in places]

    def columns(self) -> list["Column"]:
        """Each method with each budget and seed."""
        request = self.request
        places = itertools.product(
            range(len(self.methods)), request.max_accuracy_drops, request.seeds
        )
        return [Column(*place) for place in places]

    def place(self, asked: Mapping[str, Any]) -> tuple["Row", "Column"]:
        """Where a job stands whose request this is."""
        # Read anew: what was asked before there were some fields and parameters has none of them.
        data = JobData.model_validate(asked["data"])
        wanted = BatchMethod(name=asked["method"], params=asked["params"])
        methods = [_key(item.name, item.params) for item in self.request.methods]
        row = Row(self.request.models.index(asked["model"]), self.request.data.index(data))
        method = methods.index(_key(wanted.name, wanted.params))
        return row, Column(method, asked["max_accuracy_drops"][0], asked["seed"])

    def label(self, column: "Column") -> str:
        """What tells a column from the others; the method, if there is but one."""
        request = self.request
        parts = [
            (self.methods[column.method], len(self.methods)),
            (f"budget {100 * column.max_accuracy_drop:g} %", len(request.max_accuracy_drops)),
            (f"seed {column.seed}", len(request.seeds)),
        ]
        return " · ".join(_telling(parts)) or self.methods[column.method]

    def _name(self, row: "Row", column: "Column") -> str:
        parts = [self.models[row.model], *_telling([(self.data[row.data], len(self.data))])]
        return " · ".join([*parts, self.label(column)])[:_MAX_NAME]


@dataclass(frozen=True)
class Row:
    """Which model and which data, counted from 0."""

    model: int
    data: int


@dataclass(frozen=True)
class Column:
    """Which method, counted from 0, with which budget and seed."""

    method: int
    max_accuracy_drop: float
    seed: int


def make(request: BatchCreate, found: Found) -> Grid:
    """The grid of a request, labeled by the names of what it names."""
    return Grid(
        request=request,
        models=_told_apart([found[model_id].name for model_id in request.models]),
        data=_told_apart([_data_label(data, found) for data in request.data]),
        methods=_method_labels(request),
    )


#: Fields that all jobs of a batch have from its request.
_COMMON = (
    "preprocessing", "n_classes", "n_seeds", "reactivation", "traces", "goodnet", "gate",
    "queue", "priority", "time_limit_s", "tags", "notes",
)  # fmt: skip


def _telling(parts: Sequence[tuple[str, int]]) -> list[str]:
    """The parts of which there is more than one."""
    return [text for text, count in parts if count > 1]


def _data_label(data: JobData, found: Found) -> str:
    """What the model is tested on; without test sets, what it is repaired with."""
    clean = data.clean_test or data.clean_validation
    return " + ".join(found[item].name for item in data.poisoned_test or (clean,))


def _method_labels(request: BatchCreate) -> tuple[str, ...]:
    """Names of the methods, and the parameters in which those of one name differ."""
    labels = []
    for method in request.methods:
        alike = [item.params for item in request.methods if item.name == method.name]
        differs = [
            f"{name}={value}"
            for name, value in method.params.items()
            if any(params.get(name) != value for params in alike)
        ]
        labels.append(" ".join([method.name, *differs]))
    return _told_apart(labels)


def _told_apart(labels: Sequence[str]) -> tuple[str, ...]:
    """The labels, numbered where two are the same."""
    n_same, so_far = Counter(labels), Counter[str]()
    numbered = []
    for label in labels:
        so_far[label] += 1
        numbered.append(f"{label} ({so_far[label]})" if n_same[label] > 1 else label)
    return tuple(numbered)


def _key(method: str, params: Mapping[str, Any]) -> str:
    return json.dumps([method, params], sort_keys=True)
