"""What can be asked of a repair beside its inputs and its method."""

import pytest
from werkzeug.datastructures import MultiDict

from service.schemas import JobCreate
from web.pages import repair_options

NOTHING = "0" * 36
SMALLEST = {"model": NOTHING, "data": {"clean_validation": NOTHING}}
TYPED = {
    "preprocessing": "/255", "seed": "7", "n_seeds": "3", "reactivation": "false",
    "gate.max_attack_success_rate": "5", "gate.max_accuracy_drop": "2.5", "queue": "gpu",
    "priority": "high", "goodnet.rule": "target-aware", "goodnet.false_positive_rate": "2",
    "goodnet.targets": "1, 5",
}  # fmt: skip


def _request(typed):
    return JobCreate.model_validate({**SMALLEST, **repair_options.asked(MultiDict(typed))})


def test_what_is_left_out_or_emptied_is_as_the_service_has_it():
    usual = JobCreate.model_validate(SMALLEST)
    assert _request({}) == usual
    assert _request(dict.fromkeys(TYPED, " ")) == usual


def test_what_is_typed_is_asked_for():
    found = _request(TYPED)
    assert (found.n_seeds, found.reactivation, found.preprocessing) == (3, False, "/255")
    assert (found.goodnet.rule, found.goodnet.targets) == ("target-aware", (1, 5))
    assert found.goodnet.false_positive_rate == 0.02
    assert found.gate.max_accuracy_drop == 0.025


def test_what_was_asked_for_is_written_as_it_was_typed():
    asked = {**_request(TYPED).model_dump(mode="json"), "seed": 7}
    assert TYPED.items() <= repair_options.written(asked).items()


def test_of_an_older_request_what_it_does_not_say_is_as_usual():
    assert repair_options.written({}) == repair_options.USUAL


def test_a_target_that_is_named_twice_counts_once():
    assert _request({"goodnet.targets": "5 1;5"}).goodnet.targets == (5, 1)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("n_seeds", "many"),
        ("n_seeds", "21"),
        ("goodnet.targets", "1, cat"),
        ("goodnet.false_positive_rate", "200"),
        ("gate.max_accuracy_drop", "x"),
    ],
)
def test_what_can_be_seen_to_be_wrong_is_told_at_its_field(name, text):
    assert list(repair_options.problems(MultiDict({name: text}))) == [name]


@pytest.mark.parametrize(("text", "number"), [("3", 3), ("", 1), ("99", 1), ("x", 1)])
def test_a_number_of_seeds_that_cannot_be_counts_as_one(text, number):
    assert repair_options.n_seeds(MultiDict({"n_seeds": text})) == number
