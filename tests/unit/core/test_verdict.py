import numpy as np
import pytest

from core import statistics, verdict
from core.requests import GateLimits
from core.results import AttackResult, Evaluation


def rate(successes, n):
    return statistics.attack_rate(np.arange(n) < successes)


def attack(successes, n=1000, *, floor=(10, 1000), name="corner"):
    return AttackResult(
        name=name, target_label=0, attack_success_rate=rate(successes, n) if n else None,
        robust_accuracy=None, floor=rate(*floor) if floor else None,
    )  # fmt: skip


def evaluation(*attacks, n_correct=950):
    return Evaluation(clean_accuracy=rate(n_correct, 1000), attacks=attacks)


def change(lost, n=5000):
    before, after = np.ones(n, bool), np.arange(n) >= lost
    return statistics.paired_change(before, after)


def judge(before, after, lost=50, budget=0.04):
    paired = None if lost is None else change(lost)
    return verdict.judge(before, after, paired, max_accuracy_drop=budget)[0]


@pytest.mark.parametrize(
    ("before", "after", "lost", "expected"),
    [
        (1000, 15, 50, "repaired"),  # 0.5 points above the floor, 1 point lost
        (1000, 999, 50, "not_repaired"),
        (1000, 501, 50, "not_repaired"),  # not halved
        (1000, 500, 50, "partial"),  # halved, far above the floor
        (1000, 15, 500, "partial"),  # 10 points lost
        (1000, 60, 50, "inconclusive"),  # 5 points above the floor: the interval straddles
        (1000, 15, 200, "inconclusive"),  # 4 points lost: the interval straddles
        (1000, 15, None, "inconclusive"),  # the loss was not measured
        (20, 15, 50, "repaired"),  # never worked: within the gate though not halved
    ],
)
def test_the_verdict_follows_from_excess_and_drop(before, after, lost, expected):
    assert judge(evaluation(attack(before)), evaluation(attack(after)), lost) == expected


@pytest.mark.parametrize(("n_correct", "expected"), [(475, "partial"), (474, "not_repaired")])
def test_a_model_that_lost_more_than_half_of_its_accuracy_is_not_repaired(n_correct, expected):
    after = evaluation(attack(0), n_correct=n_correct)
    assert judge(evaluation(attack(1000)), after, lost=2500) == expected


def test_the_loss_of_a_destroyed_model_is_told():
    after = evaluation(attack(0), n_correct=100)
    _, reasons = verdict.judge(
        evaluation(attack(1000)), after, change(4000), max_accuracy_drop=0.04
    )
    assert reasons == ("more than half of the clean accuracy is lost: 10.0 %; it was 95.0 %",)


def test_the_worst_attack_decides():
    before = evaluation(attack(1000, name="a"), attack(1000, name="b"))
    after = evaluation(attack(0, name="a"), attack(990, name="b"))
    word, reasons = verdict.judge(before, after, change(0), max_accuracy_drop=0.04)
    assert word == "not_repaired"
    assert reasons == ("the attack b still succeeds on 99.0 % of its images; it was 100.0 %",)


def test_without_a_poisoned_set_nothing_can_be_said():
    word, reasons = verdict.judge(evaluation(), evaluation(), change(0), max_accuracy_drop=0.04)
    assert word == "inconclusive"
    assert "not measured" in reasons[0]


def test_an_unmeasured_floor_counts_as_zero():
    before, after = attack(1000, floor=None), attack(100, floor=None)
    assert judge(evaluation(before), evaluation(after)) == "partial"


def test_the_gate_counts_attack_success_with_the_upper_end_of_its_interval():
    limits = GateLimits(max_attack_success_rate=0.05)
    assert verdict.check_gate(limits, evaluation(attack(30)), None).passed
    gate = verdict.check_gate(limits, evaluation(attack(45)), None)
    assert not gate.passed
    assert "may be up to 6.0 %" in gate.reasons[0]


def test_the_gate_counts_the_drop_as_measured():
    limits = GateLimits(max_accuracy_drop=0.04)
    assert verdict.check_gate(limits, evaluation(), change(200)).passed
    assert not verdict.check_gate(limits, evaluation(), change(201)).passed


def test_what_was_not_measured_does_not_meet_a_limit():
    limits = GateLimits(max_attack_success_rate=0.05, max_accuracy_drop=0.04)
    assert len(verdict.check_gate(limits, evaluation(), None).reasons) == 2


def test_no_limit_is_always_met():
    assert verdict.check_gate(GateLimits(), evaluation(attack(1000)), None).passed


def test_an_attack_that_could_not_be_measured_leaves_the_verdict_open():
    before = evaluation(attack(1000, name="a"), attack(0, 0, name="b"))
    after = evaluation(attack(0, name="a"), attack(0, 0, name="b"))
    word, reasons = verdict.judge(before, after, change(0), max_accuracy_drop=0.04)
    assert word == "inconclusive"
    assert "the attack b was not measured: no image of it could be fooled" in reasons


def left_alone(*attacks):
    figures = evaluation(*attacks)
    return verdict.judge(figures, figures, None, max_accuracy_drop=0.04, is_unchanged=True)


@pytest.mark.parametrize("attacks", [(), (attack(15),), (attack(60),), (attack(0, 0),)])
def test_a_model_that_was_left_alone_is_unchanged_unless_an_attack_works(attacks):
    word, reasons = left_alone(*attacks)
    assert word == "unchanged"
    assert reasons[-1] == "that does not show that there is no backdoor"


def test_a_backdoor_that_was_overlooked_is_not_called_unchanged():
    word, reasons = left_alone(attack(15, name="weak"), attack(900))
    assert word == "not_repaired"
    assert reasons[0].startswith("the attack corner succeeds on 90.0 % of its images")
    assert len(reasons) == 2
