import dataclasses

import pytest

from core import catalogue, errors


def test_every_method_has_a_name_a_summary_and_a_source():
    for params in catalogue.METHODS.values():
        assert params.name and params.summary.endswith(".") and params.source


def test_text_becomes_the_type_of_the_parameter():
    params = catalogue.parse("fine-pruning", {"epochs": "5", "learning_rate": "1e-4", "flip": "no"})
    assert (params.epochs, params.learning_rate, params.flip) == (5, 1e-4, False)


def test_what_is_left_out_takes_its_default():
    assert catalogue.parse("fine-tuning", {}) == catalogue.FineTuning()


def test_a_whole_number_will_do_for_a_fraction():
    assert catalogue.parse("fine-tuning", {"noise": 0}).noise == 0.0


@pytest.mark.parametrize(
    ("key", "value", "complaint"),
    [
        ("epochs", "many", "a whole number"),
        ("epochs", -1, "between 0 and 1000"),
        ("epochs", 2.5, "a whole number"),
        ("epochs", True, "a whole number"),
        ("learning_rate", "nan", "between 0.0 and"),
        ("flip", "perhaps", "true or false"),
        ("optimizer", "lion", "one of adam, sgd"),
        ("wings", "2", "has no parameter 'wings'"),
    ],
)
def test_a_wrong_value_is_refused_by_name(key, value, complaint):
    with pytest.raises(errors.InvalidParams, match=complaint) as caught:
        catalogue.parse("fine-tuning", {key: value})
    assert caught.value.details["field"] == key


@pytest.mark.parametrize("text", ["last-²", "last-٣", "9" * 5000, "1,2,1234567890"])
def test_numbers_in_text_are_ones_that_all_code_reads_alike(text):
    with pytest.raises(errors.InvalidParams, match="numbers have digits 0 to 9, 9 at most"):
        catalogue.parse("two-layer-fine-pruning", {"layers": text})


def test_an_unknown_method_is_refused_and_the_known_ones_are_named():
    with pytest.raises(errors.InvalidParams, match="fine-tuning, fine-pruning, magnitude-pruning"):
        catalogue.parse("magic", {})


def test_the_schema_has_each_parameter_with_default_and_help():
    schema = catalogue.json_schema(catalogue.FinePruning)
    assert set(schema["properties"]) == {f.name for f in dataclasses.fields(catalogue.FinePruning)}
    assert schema["properties"]["order"]["enum"] == ["mean-activation", "apoz"]
    assert schema["properties"]["epochs"] == {
        "type": "integer", "minimum": 0, "maximum": 1000, "default": 20,
        "description": "passes over the tune images",
    }  # fmt: skip


def test_parameters_as_a_dict_parse_to_the_same_parameters():
    params = catalogue.MagnitudePruning(sparsity=0.5)
    assert catalogue.parse("magnitude-pruning", catalogue.as_dict(params)) == params
