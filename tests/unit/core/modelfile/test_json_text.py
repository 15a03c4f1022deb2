import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import errors
from core.modelfile import json_text

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.text(max_size=5)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=100)
@given(VALUES)
def test_plain_json_is_read_as_python_reads_it(value):
    assert json_text.parse(json.dumps(value), place="here") == value


@settings(max_examples=100)
@given(st.text(alphabet='[]{}",:\\0x ntrue', max_size=40))
def test_any_text_is_read_or_refused(text):
    try:
        json_text.parse(text, place="here")
    except errors.ProjectError as error:
        assert error.details["place"] == "here"


def test_deep_nesting_is_refused_before_it_is_parsed():
    with pytest.raises(errors.TooLarge, match="nested more than"):
        json_text.parse("[" * 30_000 + "]" * 30_000, place="here")


def test_brackets_in_strings_are_not_nesting():
    text = json.dumps({"a": "[" * 100 + '\\"' + "{" * 100})
    assert json_text.parse(text, place="here") == json.loads(text)


def test_a_long_text_is_refused():
    with pytest.raises(errors.TooLarge, match="characters"):
        json_text.parse(" " * (json_text.MAX_LENGTH + 1), place="here")


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e999", "[1, NaN]"])
def test_numbers_must_be_finite(text):
    with pytest.raises(errors.UnsafeModel, match="finite"):
        json_text.parse(text, place="here")


def test_a_number_of_many_digits_is_refused():
    with pytest.raises(errors.TooLarge, match="digits"):
        json_text.parse("1" * 5000, place="here")


def test_a_key_that_occurs_twice_is_refused():
    with pytest.raises(errors.UnsafeModel, match="'class_name' twice"):
        json_text.parse('{"class_name": "Dense", "class_name": "Lambda"}', place="here")


def test_what_is_not_json_is_damage():
    with pytest.raises(errors.CorruptFile, match="here is not JSON"):
        json_text.parse("{", place="here")
