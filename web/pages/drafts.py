"""A repair that is being put together: the fields of a form, and the request that they make.

All of it stands in the address of the page, so nothing is kept here, and nothing is lost when the
page is loaded again. A field is called by its place in the request, as in `forms`.
"""

import types
import urllib.parse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from core import catalogue

from . import forms, recipes, repair_options
from .recipes import Recipe

MODEL = "model"
VALIDATION, TEST, POISONED = "data.clean_validation", "data.clean_test", "data.poisoned_test"
UNLABELLED = "data.unlabelled"
#: The fields that name data sets, and how these are to be declared.
ROLES: Mapping[str, str] = types.MappingProxyType(
    {VALIDATION: "clean", TEST: "clean", POISONED: "poisoned", UNLABELLED: "unlabelled"}
)

_PLAIN = (
    MODEL, VALIDATION, TEST, UNLABELLED, "recipe", "method", "params_of", "max_accuracy_drops",
    "name", "tags", "declare.labels", "declare.target_label", "declare.people",
    *repair_options.USUAL,
)  # fmt: skip
#: What need not stand in an address, since it is so if nobody says anything.
_USUAL: Mapping[str, str] = types.MappingProxyType(
    {
        "recipe": "best",
        **repair_options.USUAL,
        "declare.labels": "auto",
        "declare.people": "false",
    }
)
#: Stands for what was not chosen, so that everything else is checked all the same.
_NOTHING = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class Draft:
    """What the form says."""

    form: forms.Form

    @classmethod
    def of(cls, form: forms.Form) -> Self:
        """The draft that fields make; those of others, and empty ones, are left out."""
        return cls(type(form)(_known(form)))

    def text(self, name: str, default: str = "") -> str:
        """What was typed or chosen in a field."""
        return forms.last(self.form, name, default)

    @property
    def poisoned(self) -> list[str]:
        """Ids of the poisoned sets."""
        return self.form.getlist(POISONED)

    @property
    def recipe(self) -> Recipe:
        """The recipe that was chosen; who names a method only wants that one."""
        offered = {item.key: item for item in recipes.offered(own_method=self._own_method)}
        wanted = self.text("recipe", recipes.OWN if "method" in self.form else "")
        return offered.get(wanted, next(iter(offered.values())))

    @property
    def schema(self) -> dict[str, Any]:
        """JSON Schema of the parameters of the method."""
        return catalogue.json_schema(catalogue.METHODS[self.recipe.method])

    @property
    def params(self) -> dict[str, Any]:
        """The parameters that were typed; those of another method do not count."""
        if self.text("params_of", self.recipe.method) != self.recipe.method:
            return {}
        return forms.values_of(self.schema, self.form)

    @property
    def people(self) -> bool:
        """Whether people can be recognised in the pictures that come."""
        return self.text("declare.people") == "true"

    @property
    def n_repairs(self) -> int:
        """One for each budget and seed."""
        return len(self._budgets) * repair_options.n_seeds(self.form)

    def chosen(self, field: str, subject_id: str) -> "Draft":
        """The draft with a model or data set put into a field; poisoned sets are added."""
        others = [value for value in self.form.getlist(field) if value != subject_id]
        kept = [*others, subject_id] if field == POISONED else [subject_id]
        return self._with(field, kept)

    def without(self, field: str, subject_id: str) -> "Draft":
        """The draft with a model or data set taken out of a field."""
        return self._with(field, [v for v in self.form.getlist(field) if v != subject_id])

    def problems(self) -> dict[str, str]:
        """Field to what can be seen to be wrong with it before anybody else is asked."""
        needed = {MODEL: "choose a model, or bring one", VALIDATION: "clean images are needed"}
        missing = {name: words for name, words in needed.items() if not self.text(name)}
        found = {**missing, **repair_options.problems(self.form)}
        if not all(map(repair_options.is_share, forms.shares(self.text("max_accuracy_drops")))):
            found["max_accuracy_drops"] = repair_options.PERCENT_PROBLEM
        if isinstance(self._seed, str):
            found["seed"] = repair_options.COUNT_PROBLEM
        return found

    def request(self) -> dict[str, Any]:
        """What `schemas.JobCreate` takes; texts that are no numbers stay texts, to be refused."""
        return {
            "model": self.text(MODEL, _NOTHING),
            "data": {
                "clean_validation": self.text(VALIDATION, _NOTHING),
                "clean_test": self.text(TEST) or None,
                "poisoned_test": self.poisoned,
                "unlabelled": self.text(UNLABELLED) or None,
            },
            "method": self.recipe.method,
            "params": self.params,
            "max_accuracy_drops": self._budgets,
            "name": self.text("name"),
            "tags": [tag.strip() for tag in self.text("tags").split(",") if tag.strip()],
            "seed": self._seed,
            **repair_options.asked(self.form),
        }

    def query(self) -> str:
        """All of it that is not as usual, as it stands behind the question mark of an address."""
        properties = self.schema["properties"] if self.params else {}
        usual = {
            **_USUAL,
            **{field.name: field.default for field in forms.fields({"properties": properties}, {})},
        }
        said = [item for item in self.form.items(multi=True) if usual.get(item[0]) != item[1]]
        has_params = any(name.startswith(forms.PARAMS) for name, _ in said)
        return urllib.parse.urlencode(
            [item for item in said if item[0] != "params_of" or has_params]
        )

    @property
    def _own_method(self) -> str:
        wanted = self.text("method", catalogue.DEFAULT_METHOD)
        return wanted if wanted in catalogue.METHODS else catalogue.DEFAULT_METHOD

    def _with(self, field: str, values: list[str]) -> "Draft":
        form = self.form.copy()
        form.setlist(field, values)
        return Draft.of(form)

    @property
    def _budgets(self) -> list[float | str]:
        return forms.shares(self.text("max_accuracy_drops")) or list(self.recipe.budgets)

    @property
    def _seed(self) -> int | str:
        return forms.count(self.text("seed", "0"))


def _known(form: forms.Form) -> Iterator[tuple[str, str]]:
    for name in _PLAIN:
        if text := forms.last(form, name).strip():
            yield name, text
    for name in form:
        if name.startswith(forms.PARAMS) and (text := forms.last(form, name).strip()):
            yield name, text
    for subject_id in dict.fromkeys(form.getlist(POISONED)):
        if subject_id:
            yield POISONED, subject_id
