"""The form of a batch, and the request that it makes."""

import pytest
from werkzeug.datastructures import MultiDict

from core import catalogue
from core.errors import ProjectError
from service import schemas
from web import reading
from web.pages import batch_drafts
from web.pages.batch_drafts import BatchDraft

MODEL = "0190a0a0-0000-7000-8000-000000000001"
CLEAN = "0190a0a0-0000-7000-8000-000000000002"
OTHER = "0190a0a0-0000-7000-8000-000000000003"


def draft(*pairs):
    given = [("models", MODEL), ("data.0.clean_validation", CLEAN), ("methods", "fine-tuning")]
    return BatchDraft(MultiDict([*given, *pairs]))


def refusal(**details):
    return ProjectError("no", **details)


def test_a_request_has_all_that_was_chosen(app):
    found = draft(
        ("models", OTHER), ("methods", "fine-pruning"), ("max_accuracy_drops", "2, 4 %"),
        ("seeds", "0 7"), ("tags", "lab3, again"), ("gate.max_accuracy_drop", "5"),
    )  # fmt: skip
    wanted = reading.checked(schemas.BatchCreate, found.request())
    assert wanted.factors() == {
        "models": 2, "data": 1, "methods": 2, "max_accuracy_drops": 2, "seeds": 2,
    }  # fmt: skip
    assert (wanted.max_accuracy_drops, wanted.seeds) == ((0.02, 0.04), (0, 7))
    assert (wanted.tags, wanted.gate.max_accuracy_drop) == (("lab3", "again"), 0.05)


def test_what_is_left_out_takes_the_defaults_of_the_service(app):
    wanted = reading.checked(schemas.BatchCreate, draft().request())
    assert (wanted.max_accuracy_drops, wanted.seeds) == ((0.04,), (0,))


def test_parameters_are_those_of_their_method():
    found = draft(("methods.fine-tuning.params.epochs", "3"), ("methods.auto.params.epochs", "9"))
    assert found.request()["methods"] == [{"name": "fine-tuning", "params": {"epochs": 3}}]


def test_setups_are_numbered_anew_and_keep_their_sets():
    found = draft(("data.7.clean_validation", OTHER), ("data.7.poisoned_test", CLEAN))
    assert [item.number for item in found.setups] == [0, 1]
    assert found.setups[1].poisoned_test == (CLEAN,)
    assert found.dataset_ids == {CLEAN, OTHER}


def test_an_empty_form_has_one_empty_setup_and_the_usual_method():
    found = BatchDraft.of(MultiDict())
    assert found.setups == (batch_drafts.Setup(number=0),)
    assert found.methods == [catalogue.DEFAULT_METHOD]


@pytest.mark.parametrize(
    ("pair", "field"),
    [
        (("max_accuracy_drops", "four"), "max_accuracy_drops"),
        (("max_accuracy_drops", "400"), "max_accuracy_drops"),
        (("seeds", "1, -2"), "seeds"),
        (("gate.max_attack_success_rate", "x"), "gate.max_attack_success_rate"),
        (("data.1.clean_test", CLEAN), "data.1.clean_validation"),
    ],
)
def test_what_can_be_seen_to_be_wrong_is_told_at_its_field(pair, field):
    assert list(draft(pair).problems()) == [field]


def test_what_is_missing_is_told_at_its_field():
    assert set(BatchDraft(MultiDict()).problems()) == {
        "models", "methods", "data.0.clean_validation",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("pointer", "field"),
    [
        ("#/models/3", "models"),
        ("#/data/1/poisoned_test/0", "data.1.poisoned_test"),
        ("#/data/1", "data.1"),
        ("#/methods/0/params/epochs", "methods.fine-tuning.params.epochs"),
        ("#/methods/0", "methods"),
        ("#/max_accuracy_drops/2", "max_accuracy_drops"),
        ("#/gate/max_accuracy_drop", "gate.max_accuracy_drop"),
        ("#/tags/0", "tags"),
    ],
)
def test_what_the_service_refuses_is_told_at_its_field(pointer, field):
    error = refusal(errors=[{"pointer": pointer, "detail": "no"}])
    assert draft().problems_of(error) == {field: "no"}


def test_several_things_wrong_with_a_field_are_all_told():
    told = [{"pointer": f"#/models/{place}", "detail": f"no {place}"} for place in (0, 1)]
    assert draft().problems_of(refusal(errors=told)) == {"models": "no 0; no 1"}


def test_a_refusal_of_the_whole_belongs_to_no_field():
    assert draft().problems_of(refusal()) == {"": "no"}


def test_an_address_fills_in_a_model_and_its_data():
    address = batch_drafts.address(
        models=[MODEL], clean_validation=CLEAN, clean_test="", poisoned_test=[OTHER]
    )
    assert address == (
        f"/batches/new?models={MODEL}&data.0.clean_validation={CLEAN}&data.0.poisoned_test={OTHER}"
    )


def test_without_anything_chosen_the_address_is_plain():
    told = {"models": [""], "clean_validation": "", "clean_test": "", "poisoned_test": []}
    assert batch_drafts.address(**told) == "/batches/new"


def test_unlabelled_images_are_part_of_a_setup(app):
    found = draft(("data.0.unlabelled", OTHER))
    assert found.dataset_ids == {CLEAN, OTHER}
    wanted = reading.checked(schemas.BatchCreate, found.request())
    assert wanted.data[0].unlabelled == OTHER


def test_the_address_of_the_form_names_unlabelled_images():
    address = batch_drafts.address(
        models=[MODEL], clean_validation=CLEAN, clean_test="", poisoned_test=[], unlabelled=OTHER
    )
    assert f"data.0.unlabelled={OTHER}" in address
