import json

from core.requests import (
    GateLimits,
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
