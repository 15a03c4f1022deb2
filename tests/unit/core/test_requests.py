import json

import pytest

from core import errors
from core.requests import (
    GateLimits,
    GoodNetOptions,
    PoisonedInput,
    RepairOptions,
    RepairRequest,
    TestInputs,
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
        {"goodnet": GoodNetOptions(false_positive_rate=-0.1)},
    ],
)
def test_a_share_or_a_seed_that_is_none_is_refused(wrong):
    with pytest.raises(errors.InvalidParams, match="must be between 0 and"):
        RepairOptions(method="fine-tuning", **wrong).check()


def test_the_defaults_are_not_refused():
    RepairOptions(method="fine-tuning").check()
