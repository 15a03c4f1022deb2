"""Forms made from a JSON Schema."""

import pytest
from werkzeug.datastructures import MultiDict

from core import catalogue, errors
from service import errors as service_errors
from web.pages import forms

SCHEMA = catalogue.json_schema(catalogue.FinePruning)


def field(name, values=(), **more):
    found = forms.fields(SCHEMA, dict(values), **more)
    return next(item for item in found if item.name == f"params.{name}")


def test_every_parameter_has_a_field_with_its_limits_and_its_help():
    epochs = field("epochs")
    assert len(forms.fields(SCHEMA, {})) == len(SCHEMA["properties"])
    assert (epochs.label, epochs.kind, epochs.minimum, epochs.maximum) == (
        "Epochs",
        "whole",
        0,
        1000,
    )
    assert epochs.help == "Passes over the tune images."


def test_a_field_shows_the_value_else_the_default():
    assert field("epochs", {"epochs": 3}).value == "3"
    assert field("epochs").value == field("epochs").default == "20"


def test_what_was_sent_is_shown_again_however_wrong():
    form = MultiDict({"params.epochs": "many"})
    wrong = field("epochs", {"epochs": 3}, form=form, problems={"params.epochs": "no"})
    assert (wrong.value, wrong.problem) == ("many", "no")


def test_what_was_sent_has_the_types_of_the_schema():
    form = MultiDict({"params.epochs": "7", "params.noise": " 0.5 ", "params.optimizer": "sgd"})
    assert forms.values_of(SCHEMA, form) == {"epochs": 7, "noise": 0.5, "optimizer": "sgd"}


@pytest.mark.parametrize(("sent", "value"), [(["false"], False), (["false", "true"], True)])
def test_a_box_that_is_not_ticked_says_no(sent, value):
    assert forms.values_of(SCHEMA, MultiDict({"params.flip": sent})) == {"flip": value}


def test_an_empty_field_takes_its_default():
    assert forms.values_of(SCHEMA, MultiDict({"params.epochs": " "})) == {}


def test_what_is_no_number_is_left_for_the_service_to_refuse():
    form = MultiDict({"params.epochs": "many", "params.noise": "nan"})
    assert forms.values_of(SCHEMA, form) == {"epochs": "many", "noise": "nan"}


def test_problems_stand_under_the_names_of_their_fields():
    error = service_errors.InvalidRequest(
        "two things",
        errors=[
            {"pointer": "#/overrides/params/epochs", "detail": "too many"},
            {"pointer": "#/data/poisoned_test/0", "detail": "is not ready"},
        ],
    )
    assert forms.problems_of(error) == {
        "params.epochs": "too many",
        "data.poisoned_test": "is not ready",
    }


def test_a_problem_of_no_field_is_that_of_the_form():
    assert forms.problems_of(errors.InvalidInput("all of it")) == {"": "all of it"}


@pytest.mark.parametrize(
    ("text", "value"), [("4", 0.04), ("4 %", 0.04), ("0.1", 0.001), ("", None), ("four", "four")]
)
def test_percent_become_shares(text, value):
    assert forms.share(text) == value


def test_several_percents_are_read_however_they_are_separated():
    assert forms.shares("2, 4 %;10 ") == [0.02, 0.04, 0.1]


def test_tags_are_read_once_each():
    assert forms.words_of("a, b,, a ,") == ["a", "b"]
