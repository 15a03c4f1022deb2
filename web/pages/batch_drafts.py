"""A batch that is being put together: the fields of a form, and the request that they make.

A field is called by its place in the request: ``data.0.clean_test`` is the clean test set of the
first data set-up. Parameters are called by their method, ``methods.fine-pruning.params.epochs``.
"""

import re
import urllib.parse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from core import catalogue
from core.errors import ProjectError

from . import forms, repair_options

MODELS, METHODS, BUDGETS, SEEDS = "models", "methods", "max_accuracy_drops", "seeds"
VALIDATION, TEST, POISONED = "clean_validation", "clean_test", "poisoned_test"
UNLABELLED = "unlabelled"

_SETUP_FIELD = re.compile(r"data\.([0-9]{1,3})\.([a-z_]+)")


@dataclass(frozen=True, kw_only=True)
class Setup:
    """Data sets that belong together, by id; what was not chosen is empty."""

    #: Counted from 0, as in the names of its fields.
    number: int
    clean_validation: str = ""
    clean_test: str = ""
    poisoned_test: tuple[str, ...] = ()
    unlabelled: str = ""

    def field(self, name: str = "") -> str:
        """Name of one of its fields, or what all of them begin with."""
        return f"data.{self.number}.{name}" if name else f"data.{self.number}"


@dataclass(frozen=True)
class BatchDraft:
    """What the form says."""

    form: forms.Form

    @classmethod
    def of(cls, form: forms.Form) -> Self:
        """The draft that an address makes: the usual method is chosen, if it names none."""
        given = form.copy()
        if METHODS not in given:
            given.add(METHODS, catalogue.DEFAULT_METHOD)
        return cls(given)

    def text(self, name: str, default: str = "") -> str:
        """What was typed or chosen in a field."""
        return forms.last(self.form, name, default)

    @property
    def models(self) -> list[str]:
        """Ids of the models."""
        return _filled(self.form.getlist(MODELS))

    @property
    def methods(self) -> list[str]:
        """Names of the methods, in the order of the catalogue."""
        chosen = self.form.getlist(METHODS)
        return [name for name in catalogue.METHODS if name in chosen]

    @property
    def setups(self) -> tuple[Setup, ...]:
        """The data set-ups, numbered anew; one at least, which may be empty."""
        found = (_SETUP_FIELD.fullmatch(name) for name in self.form)
        numbers = sorted({int(match[1]) for match in found if match})
        return tuple(self._setup(place, number) for place, number in enumerate(numbers)) or (
            Setup(number=0),
        )

    @property
    def dataset_ids(self) -> set[str]:
        """Ids of all data sets."""
        ids = (
            {item.clean_validation, item.clean_test, item.unlabelled, *item.poisoned_test}
            for item in self.setups
        )
        return set().union(*ids) - {""}

    def params(self, method: str) -> dict[str, Any]:
        """The parameters that were typed for a method."""
        return forms.values_of(_schema(method), self.form, prefix=prefix(method))

    def fields(self, method: str, problems: Mapping[str, str]) -> tuple[forms.Field, ...]:
        """The form of the parameters of a method."""
        return forms.fields(
            _schema(method), {}, form=self.form, problems=problems, prefix=prefix(method)
        )

    def with_setups(self, setups: Sequence[Setup]) -> "BatchDraft":
        """The same with other data."""
        others = [
            pair for pair in self.form.items(multi=True) if not _SETUP_FIELD.fullmatch(pair[0])
        ]
        return BatchDraft(type(self.form)([*others, *(p for item in setups for p in _pairs(item))]))

    def problems(self) -> dict[str, str]:
        """Field to what can be seen to be wrong with it before anybody else is asked."""
        found = {
            item.field(VALIDATION): "clean images are needed"
            for item in self.setups
            if not item.clean_validation
        }
        if not self.models:
            found[MODELS] = "choose one model or more"
        if not self.methods:
            found[METHODS] = "choose one method or more"
        if not all(map(repair_options.is_share, forms.shares(self.text(BUDGETS)))):
            found[BUDGETS] = repair_options.PERCENT_PROBLEM
        if any(isinstance(seed, str) for seed in self._seeds):
            found[SEEDS] = "write whole numbers from 0 on, such as 0, 1, 2"
        return {**found, **repair_options.problems(self.form)}

    def problems_of(self, error: ProjectError) -> dict[str, str]:
        """Field to what is wrong with it, as an error of the service tells."""
        told = error.details.get("errors")
        if not isinstance(told, Sequence):
            return {"": str(error)}
        found: dict[str, list[str]] = {}
        for item in told:
            found.setdefault(self._field_at(item["pointer"]), []).append(item["detail"])
        return {name: "; ".join(dict.fromkeys(details)) for name, details in found.items()}

    def request(self) -> dict[str, Any]:
        """What `schemas.BatchCreate` takes; texts that are no numbers stay texts, to be refused."""
        said = {BUDGETS: forms.shares(self.text(BUDGETS)), SEEDS: self._seeds}
        return {
            MODELS: self.models or [_nothing(0)],
            "data": [_asked(item) for item in self.setups],
            METHODS: [{"name": name, "params": self.params(name)} for name in self.methods]
            or [{"name": catalogue.DEFAULT_METHOD}],
            "name": self.text("name").strip(),
            "tags": forms.words_of(self.text("tags")),
            **repair_options.asked(self.form),
            **{name: value for name, value in said.items() if value},
        }

    def _setup(self, place: int, number: int) -> Setup:
        start = f"data.{number}."
        return Setup(
            number=place,
            clean_validation=self.text(start + VALIDATION),
            clean_test=self.text(start + TEST),
            poisoned_test=tuple(dict.fromkeys(_filled(self.form.getlist(start + POISONED)))),
            unlabelled=self.text(start + UNLABELLED),
        )

    @property
    def _seeds(self) -> list[int | str]:
        return forms.counts(self.text(SEEDS))

    def _field_at(self, pointer: str) -> str:
        """``#/data/1/poisoned_test/0`` is in ``data.1.poisoned_test``."""
        top, *rest = pointer.removeprefix("#").removeprefix("/").split("/")
        if top == METHODS and len(rest) > 2 and int(rest[0]) < len(self.methods):
            return ".".join([METHODS, self.methods[int(rest[0])], *rest[1:]])
        if top == "data" and rest:
            return ".".join(["data", rest[0], *(part for part in rest[1:] if not part.isdecimal())])
        if top in (MODELS, METHODS, BUDGETS, SEEDS):
            return top
        return ".".join([top, *(part for part in rest if not part.isdecimal())])


def prefix(method: str) -> str:
    """What the names of the fields of its parameters begin with."""
    return f"{METHODS}.{method}.{forms.PARAMS}"


def address(
    *,
    models: Sequence[str],
    clean_validation: str,
    clean_test: str,
    poisoned_test: Sequence[str],
    unlabelled: str = "",
) -> str:
    """The address of the form with a model and its data filled in."""
    setup = Setup(
        number=0,
        clean_validation=clean_validation,
        clean_test=clean_test,
        poisoned_test=tuple(poisoned_test),
        unlabelled=unlabelled,
    )
    pairs = [*((MODELS, item) for item in models), *_pairs(setup)]
    query = urllib.parse.urlencode([pair for pair in pairs if pair[1]])
    return f"/batches/new?{query}" if query else "/batches/new"


def _schema(method: str) -> dict[str, Any]:
    return catalogue.json_schema(catalogue.METHODS[method])


def _asked(setup: Setup) -> dict[str, Any]:
    return {
        VALIDATION: setup.clean_validation or _nothing(setup.number),
        TEST: setup.clean_test or None,
        POISONED: list(setup.poisoned_test),
        UNLABELLED: setup.unlabelled or None,
    }


def _nothing(number: int) -> str:
    """Stands for what was not chosen, so that everything else is checked all the same."""
    return f"00000000-0000-0000-0000-{number:012d}"


def _pairs(setup: Setup) -> Iterator[tuple[str, str]]:
    """Its fields and values; an empty one keeps a set-up in the form of which nothing is chosen."""
    yield setup.field(VALIDATION), setup.clean_validation
    yield setup.field(TEST), setup.clean_test
    yield setup.field(UNLABELLED), setup.unlabelled
    yield from ((setup.field(POISONED), item) for item in setup.poisoned_test)


def _filled(values: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(value for value in values if value))
