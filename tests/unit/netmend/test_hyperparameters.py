import dataclasses
import inspect

import pytest

from core import catalogue
from core.requests import RepairOptions
from netmend import hyperparameters


@pytest.mark.parametrize("params", catalogue.METHODS.values(), ids=list(catalogue.METHODS))
def test_defaults_are_those_of_the_catalogue(params):
    shown = hyperparameters.signature(params).parameters
    assert {item.name: item.default for item in dataclasses.fields(params)} == {
        name: item.default
        for name, item in shown.items()
        if name not in (hyperparameters.BUDGET, hyperparameters.SEED)
    }


def test_budget_and_seed_have_the_defaults_of_the_command_line():
    shown = hyperparameters.signature(catalogue.FineTuning).parameters
    options = RepairOptions(method="fine-tuning")
    assert (shown["max_accuracy_drop"].default,) == options.max_accuracy_drops
    assert shown["seed"].default == options.seed


def test_all_are_by_keyword_only():
    shown = hyperparameters.signature(catalogue.FinePruning).parameters.values()
    assert {item.kind for item in shown} == {inspect.Parameter.KEYWORD_ONLY}


def test_the_docstring_explains_each_parameter():
    text = hyperparameters.docstring(catalogue.FinePruning)
    names = hyperparameters.signature(catalogue.FinePruning).parameters
    assert [name for name in names if f"    {name}: " not in text] == []
