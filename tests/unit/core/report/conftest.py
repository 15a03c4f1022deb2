"""Reports as a repair would make them: three attacks, ten classes, a sweep of five channels."""

import dataclasses

import numpy as np
import pytest

from core import statistics, summaries
from core.report import CAVEAT, Sample
from core.results import (
    AreaUnderCurve,
    AttackResult,
    Candidate,
    ClassEvidence,
    ClassSummary,
    ClassTraces,
    Diagnosis,
    Evaluation,
    Gate,
    GoodNetResult,
    InputFile,
    Inputs,
    InvertedTrigger,
    PairedChange,
    PreprocessingChoice,
    PruningStep,
    Rate,
    Reactivation,
    RepairReport,
    RocCurve,
    RocPoint,
    SeedResult,
    Selection,
    Split,
    Suspect,
    Traces,
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


def _curve(name: str, score: str, detected: tuple[float, ...]) -> RocCurve:
    rates = (0.0, 0.01, 0.1)
    return RocCurve(
        name=name,
        score=score,
        points=(
            *(
                RocPoint(threshold=0.9 - rate, false_positive_rate=rate, detection_rate=share)
                for rate, share in zip(rates, detected, strict=True)
            ),
            RocPoint(threshold=None, false_positive_rate=1.0, detection_rate=1.0),
        ),
        area=AreaUnderCurve(value=0.987, n_poisoned=900, n_clean=1000, ci95=(0.975, 0.999)),
        detection_at_1_percent=_rate(round(detected[1] * 900), 900),
    )


def _seed(seed: int, accurate: int, succeeded: int) -> SeedResult:
    return SeedResult(
        seed=seed,
        select_accuracy=0.9,
        clean_accuracy=_rate(accurate, 1000),
        attack_success_rate={"corner": _rate(succeeded, 900)},
    )


def _class_traces(label: int, size: float, head_z: float | None) -> ClassTraces:
    patch = InvertedTrigger(kind="patch", label=label, success=0.98, size=6.25)
    return ClassTraces(
        label=label,
        is_suspected=label == 0,
        before=ClassEvidence(head_z=head_z, margin_z=-0.5, attractor_z=0.0, patch=patch),
        after=ClassEvidence(
            head_z=None if head_z is None else 0.3,
            margin_z=0.1,
            attractor_z=0.0,
            patch=dataclasses.replace(patch, success=0.9, size=size),
        ),
    )


@pytest.fixture
def full_report(report) -> RepairReport:
    """Everything a report can hold: made by `auto`, with three seeds."""
    names = [attack.name for attack in report.before.attacks]
    scores = {"general": (0.0, 0.6, 0.8), "target-aware": (0.3, 0.95, 0.97)}
    return dataclasses.replace(
        report,
        goodnet=dataclasses.replace(
            report.goodnet,
            rule="target-aware",
            targets=(0,),
            threshold=0.4321,
            declared_false_positive_rate=0.01,
            select_false_positive_rate=_rate(2, 200),
            largest_false_positive_rate=0.0311,
            detection_rate=dict.fromkeys(names, _rate(850, 900)),
            curves=tuple(_curve(name, score, scores[score]) for name in names for score in scores),
        ),
        classes=ClassSummary(
            n_classes=10, n_worst=1, worst_tenth_before=0.93, worst_tenth_after=0.0, n_lost=1
        ),
        effectiveness={"corner": 0.4906, "blended": None},
        reactivation=(
            Reactivation(
                name="corner", n_poisoned=5, n_clean=800, epochs=5, learning_rate=0.01,
                before=_rate(9, 895), after=_rate(700, 895), select_accuracy=0.9,
            ),
        ),
        seeds=summaries.of_seeds([_seed(7, 910, 9), _seed(8, 900, 18), _seed(9, 905, 0)]),
        diagnosis=Diagnosis(
            n_classes=10,
            n_examined=10,
            seconds=12.0,
            suspects=(
                Suspect(
                    label=0, rank=1, is_suspected=True, head_z=9.3, margin_z=-0.5,
                    patch=InvertedTrigger(kind="patch", label=0, success=0.98, size=6.25),
                ),
                Suspect(label=4, rank=2, is_suspected=False),
            ),
        ),
        candidates=(
            Candidate(
                method="ft-sam", params={"rho": 2.0}, select_accuracy=0.9, is_within_budget=True,
                remaining_success=0.03, seconds=61.0, is_chosen=True, reason="least is left",
            ),
        ),
        traces=Traces(
            classes=(_class_traces(0, 61.0, 9.3), _class_traces(4, 7.0, None)),
            n_searched_on=800, n_judged_on=200, seconds=5.0,
        ),
        split=Split(
            scheme="of each class a fifth", seed=7, n_tune=800, n_select=200,
            tune_sha256="12" * 32, select_sha256="34" * 32,
        ),
        peak_memory_bytes=648 * 2**20,
    )  # fmt: skip


@pytest.fixture
def sample() -> Sample:
    image = np.arange(12 * 10 * 3, dtype=np.uint8).reshape(12, 10, 3)
    return Sample(set_name="corner", image=image, label=3, before=0, after=3, goodnet=10)
