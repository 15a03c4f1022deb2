import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from core import errors
from netmend.cli import parsing


@pytest.mark.parametrize("text", ["0.04", "4%", "4.0 %", " .04 "])
def test_a_share_is_a_fraction_or_percent(text):
    assert parsing.fraction(text) == pytest.approx(0.04)


@pytest.mark.parametrize("text", ["4", "-1%", "101%", "nan", "inf", "much", "", "%"])
def test_what_is_no_share_is_refused(text):
    with pytest.raises(typer.BadParameter, match="is not a share; write 4% or"):
        parsing.fraction(text)


@given(st.floats(0, 1))
def test_a_share_is_read_as_it_is_written(share):
    assert parsing.fraction(repr(share)) == share


def test_settings_are_names_and_values():
    assert parsing.settings(["epochs=3", "layers = last-2", "note=a=b"]) == {
        "epochs": "3",
        "layers": "last-2",
        "note": "a=b",
    }


@pytest.mark.parametrize("pair", ["epochs", "=3", ""])
def test_a_setting_needs_a_name_and_a_value(pair):
    with pytest.raises(errors.InvalidParams, match="takes NAME=VALUE"):
        parsing.settings([pair])


def test_a_target_that_is_named_twice_counts_once():
    options = parsing.good_net("auto", 0.02, [5, 1, 5])
    assert (options.rule, options.false_positive_rate, options.targets) == ("auto", 0.02, (5, 1))
    assert parsing.good_net("auto", 0.01, None).targets == ()


def test_no_limit_is_no_gate():
    assert parsing.gate(None, None) is None


def test_a_limit_of_zero_is_a_gate():
    gate = parsing.gate(0.0, None)
    assert (gate.max_attack_success_rate, gate.max_accuracy_drop) == (0.0, None)


@pytest.mark.parametrize("name", [None, "auto", "/255"])
def test_known_preprocessings_pass(name):
    parsing.check_preprocessing(name)


def test_an_unknown_preprocessing_is_refused_with_those_there_are():
    with pytest.raises(errors.InvalidParams, match="imagenet-caffe"):
        parsing.check_preprocessing("/256")
