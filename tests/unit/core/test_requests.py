import json

import pytest

from core import errors
from core.requests import (
    DemoRequest,
    DiagnoseRequest,
    EvaluateRequest,
    GateLimits,
    GoodNetOptions,
    PoisonedInput,
    PredictRequest,
    RepairOptions,
    RepairRequest,
    Request,
    TestInputs,
    TryRequest,
)


def test_a_request_comes_back_from_its_json():
    request = RepairRequest(
        model="m",
        clean_validation="v",
        tests=TestInputs(clean="t", poisoned=(PoisonedInput(folder="p", target_label=3),)),
        options=RepairOptions(
            method="fine-tuning", params={"epochs": 2}, max_accuracy_drops=(0.02, 0.04),
            gate=GateLimits(max_accuracy_drop=0.05),
        ),
        output="o",
    )  # fmt: skip
    assert RepairRequest.from_json(json.loads(json.dumps(request.to_json()))) == request


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_accuracy_drops": (0.02, 1.5)},
        {"max_accuracy_drops": (-0.1,)},
        {"max_accuracy_drops": (float("nan"),)},
        {"max_accuracy_drops": ("4%",)},
        {"seed": -1},
        {"seed": 0.5},
        {"n_seeds": 0},
        {"n_seeds": 21},
        {"n_seeds": 2, "seed": 2**32 - 1},
        {"goodnet": GoodNetOptions(false_positive_rate=-0.1)},
    ],
)
def test_a_share_or_a_seed_that_is_none_is_refused(wrong):
    with pytest.raises(errors.InvalidParams, match=r"must be between [01] and"):
        RepairOptions(method="fine-tuning", **wrong).check()


def test_the_defaults_are_not_refused():
    RepairOptions(method="fine-tuning").check()


TESTS = TestInputs(clean="t", poisoned=(PoisonedInput(folder="p"),))


@pytest.mark.parametrize(
    ("request_", "reads", "writes"),
    [
        (
            RepairRequest(
                model="m", clean_validation="v", tests=TESTS, options=RepairOptions(method=""),
                output="o",
            ),
            ("m", "v", "t", "p"), ("o",),
        ),
        (
            RepairRequest(
                model="m", clean_validation="v", tests=TESTS, options=RepairOptions(method=""),
                output="o", unlabelled="u",
            ),
            ("m", "v", "u", "t", "p"), ("o",),
        ),
        (DiagnoseRequest(model="m", clean_validation="v", output="o"), ("m", "v"), ("o",)),
        (EvaluateRequest(model="m", tests=TESTS), ("m", "t", "p"), ()),
        (EvaluateRequest(model="m", tests=TESTS, clean_validation="v"), ("m", "v", "t", "p"), ()),
        (PredictRequest(model="m", pictures="p"), ("m", "p"), ()),
        (TryRequest(models={"before": "m"}, pictures="p", asked=()), ("m", "p"), ()),
        (DemoRequest(output="o"), (), ("o",)),
    ],
)  # fmt: skip
def test_a_request_says_which_folders_it_needs(request_, reads, writes):
    assert (request_.reads, request_.writes) == (reads, writes)


def test_what_says_nothing_gets_nothing():
    assert (Request().reads, Request().writes) == ((), ())
