"""Reports as a repair would make them: three attacks, ten classes, a sweep of five channels."""

import dataclasses

import numpy as np
import pytest

from core import statistics
from core.report import CAVEAT, Sample
from core.results import (
    AttackResult,
    Evaluation,
    Gate,
    GoodNetResult,
    InputFile,
    Inputs,
    PairedChange,
    PreprocessingChoice,
    PruningStep,
    Rate,
    RepairReport,
    Selection,
    TrainingEpoch,
)


def _rate(k: int, n: int) -> Rate:
    return Rate(value=k / n, n=n, ci95=statistics.clopper_pearson_interval(k, n))


def _evaluation(accurate: int, succeeded: dict[str, int], per_class: list[int]) -> Evaluation:
    attacks = tuple(
        AttackResult(
            name=name,
            target_label=0,
            attack_success_rate=_rate(k, 900),
            robust_accuracy=None,
            floor=_rate(9, 900),
        )
        for name, k in succeeded.items()
    )
    classes = {str(label): _rate(k, 100) for label, k in enumerate(per_class)}
    return Evaluation(clean_accuracy=_rate(accurate, 1000), per_class=classes, attacks=attacks)


@pytest.fixture
def rate():
    return _rate


@pytest.fixture
def report() -> RepairReport:
    before = {"corner": 899, "blended": 890, "warped": 870}
    after = {"corner": 898, "blended": 100, "warped": 0}
    file = InputFile(name="images.h5", sha256="ab" * 32, n=1000)
    return RepairReport(
        verdict="not_repaired",
        verdict_reasons=("the attack corner was not halved",),
        method="fine-pruning",
        params={"epochs": 20, "flip": True},
        seed=7,
        selection=Selection(
            rule="the most channels within the budget",
            max_accuracy_drop=0.04,
            n_tune=800,
            n_select=200,
            select_accuracy_before=0.93,
            select_accuracy_after=0.91,
            channels={"conv_3": (4, 1, 2)},
            epoch=2,
        ),
        preprocessing=PreprocessingChoice(
            name="/255", declared=False, reason="the best of all", tried={"none": 0.1}
        ),
        inputs=Inputs(
            model=InputFile(name="bad.h5", sha256="cd" * 32, n=None),
            clean_validation=file,
            clean_test=file,
            poisoned_test=(file, file, file),
        ),
        versions={"numpy": "2.4.6"},
        command="netmend repair bad.h5 --clean-validation images.h5 -o out",
        seconds=125.4,
        before=_evaluation(930, before, [93] * 10),
        after=_evaluation(910, after, [95, 0, *[93] * 7, 80]),
        clean_accuracy_change=PairedChange(
            value=-0.02, n=1000, ci95=(-0.03, -0.01), only_before=30, only_after=10, p_value=0.002
        ),
        goodnet=GoodNetResult(
            class_index=10,
            rule="disagreement",
            threshold=None,
            declared_false_positive_rate=None,
            clean_accuracy=_rate(900, 1000),
            false_positive_rate=_rate(31, 1000),
            detection_rate={"corner": _rate(1, 900), "blended": None},
        ),
        pruning_curve=tuple(
            PruningStep(
                channels_pruned=k, layer="conv_3", channel=k, select_accuracy=0.93 - k * k / 500
            )
            for k in range(6)
        ),
        training_curve=tuple(
            TrainingEpoch(
                epoch=k, loss=1 / k if k else None, select_accuracy=0.9, learning_rate=None
            )
            for k in range(4)
        ),
        gate=Gate(
            max_attack_success_rate=0.05, max_accuracy_drop=0.04, passed=False, reasons=("corner",)
        ),
        warnings=("read as NCHW",),
        caveat=CAVEAT,
    )


@pytest.fixture
def unmeasured_report(report) -> RepairReport:
    """No test images at all: nothing was measured."""
    nothing = Evaluation(clean_accuracy=None)
    return dataclasses.replace(
        report,
        verdict="inconclusive",
        before=nothing,
        after=nothing,
        clean_accuracy_change=None,
        goodnet=dataclasses.replace(
            report.goodnet, clean_accuracy=None, false_positive_rate=None, detection_rate={}
        ),
        inputs=dataclasses.replace(report.inputs, clean_test=None, poisoned_test=()),
        pruning_curve=(),
        training_curve=(),
        gate=None,
        warnings=(),
    )


@pytest.fixture
def sample() -> Sample:
    image = np.arange(12 * 10 * 3, dtype=np.uint8).reshape(12, 10, 3)
    return Sample(set_name="corner", image=image, label=3, before=0, after=3, goodnet=10)
