"""Ready-made choices of method and budgets."""

import pytest

from core import catalogue
from web.pages import recipes


@pytest.mark.parametrize("recipe", recipes.offered(), ids=lambda recipe: recipe.key)
def test_each_names_a_method_that_there_is(recipe):
    assert recipe.method in catalogue.METHODS


def test_the_best_one_is_what_finds_out_by_itself_where_there_is_one(monkeypatch):
    with_auto = {**catalogue.METHODS, "auto": catalogue.METHODS[catalogue.DEFAULT_METHOD]}
    monkeypatch.setattr(catalogue, "METHODS", with_auto)
    assert recipes.offered()[0].method == "auto"


def test_the_course_lab_has_its_four_budgets():
    lab = next(recipe for recipe in recipes.offered() if recipe.key == "lab")
    assert lab.budgets == (0.02, 0.04, 0.10, 0.30)


def test_every_method_is_in_one_family():
    families = recipes.families()
    names = [method.name for methods in families.values() for method in methods]
    assert sorted(names) == sorted(catalogue.METHODS)
    assert [method.name for method in families["Baselines"]] == [
        "fine-tuning", "fine-pruning", "magnitude-pruning",
    ]  # fmt: skip
