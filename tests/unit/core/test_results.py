import json

import pytest

from core.results import AttackResult, Event, PairedChange, Rate, Selection

RATE = Rate(value=0.5, n=2, ci95=(0.1, 0.9))


def test_a_value_comes_back_from_its_json():
    attack = AttackResult(
        name="corner", target_label=0, attack_success_rate=RATE, robust_accuracy=None, floor=RATE
    )
    assert AttackResult.from_json(json.loads(json.dumps(attack.to_json()))) == attack


def test_tuples_in_mappings_come_back_as_tuples():
    selection = Selection(
        rule="r", max_accuracy_drop=0.04, n_tune=8, n_select=2, select_accuracy_before=1.0,
        select_accuracy_after=0.9, channels={"conv": (1, 2)}, epoch=3,
    )  # fmt: skip
    assert Selection.from_json(json.loads(json.dumps(selection.to_json()))) == selection


def test_unknown_keys_are_ignored_so_that_files_may_grow():
    assert Rate.from_json({**RATE.to_json(), "new": 1}) == RATE


def test_a_missing_key_is_an_error_that_names_the_value():
    with pytest.raises(ValueError, match="not a Rate"):
        Rate.from_json({"value": 0.5})


def test_a_rate_of_two_numbers_cannot_have_three():
    with pytest.raises(ValueError, match="zip"):
        Rate.from_json({"value": 0.5, "n": 2, "ci95": [0, 1, 2]})


def test_values_cannot_be_changed():
    with pytest.raises(AttributeError):
        RATE.value = 1.0  # type: ignore[misc]


def test_an_event_is_valid_with_its_stage_alone():
    assert Event.from_json({"stage": "load"}) == Event(stage="load")


def test_a_change_keeps_what_it_was_counted_from():
    change = PairedChange(
        value=-0.1, n=10, ci95=(-0.3, 0.1), only_before=2, only_after=1, p_value=1.0
    )
    assert PairedChange.from_json(change.to_json()) == change
