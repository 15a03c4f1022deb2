import dataclasses
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.report import wording
from core.results import Evaluation, Excess, Gate, Rate

VERDICTS = ("repaired", "partial", "not_repaired", "inconclusive", "unchanged")


def test_the_verdict_names_the_attack_that_was_not_halved(report):
    assert wording.verdict(report) == (
        "Not repaired: the attack 'corner' succeeds on 99.8 % of its images (was 99.9 %); "
        "clean accuracy is 91.0 % (was 93.0 %)"
    )


def test_a_repair_is_judged_by_the_strongest_attack_that_is_left(report):
    words = wording.verdict(dataclasses.replace(report, verdict="partial"))
    assert words.startswith("Partly repaired: the strongest attack measured, 'corner', now")
    assert words.endswith("clean accuracy is 91.0 % (was 93.0 %)")


def test_without_poisoned_images_attack_success_is_not_measured(unmeasured_report):
    assert wording.verdict(unmeasured_report) == (
        "Inconclusive: no poisoned images were given, so attack success was not measured"
    )


def test_poisoned_images_that_could_not_be_counted_are_not_called_missing(report):
    attack = dataclasses.replace(report.after.attacks[0], attack_success_rate=None)
    alone = Evaluation(clean_accuracy=None, attacks=(attack,))
    uncounted = dataclasses.replace(report, verdict="inconclusive", before=alone, after=alone)
    assert "could not be measured" in wording.verdict(uncounted)


@pytest.mark.parametrize("verdict", VERDICTS)
def test_no_verdict_calls_a_model_clean_or_safe(report, verdict):
    words = wording.verdict(dataclasses.replace(report, verdict=verdict))
    assert words.startswith(wording.STATUS[verdict] + ": ")
    assert not re.search(r"\bsafe|\bclean\b(?! accuracy)", words.lower())


def test_a_verdict_without_clean_test_images_says_so(report):
    blind = dataclasses.replace(report.after, clean_accuracy=None)
    words = wording.verdict(dataclasses.replace(report, verdict="repaired", after=blind))
    assert words.endswith("clean accuracy was not measured")


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0.0 %"), (1, "100.0 %"), (0.931, "93.1 %"), (0.9998, "99.98 %"), (0.0002, "0.02 %")],
)
def test_percent_has_one_decimal_or_what_keeps_it_off_the_ends(share, text):
    assert wording.percent(share) == text


@given(st.floats(1e-6, 1 - 1e-6))
def test_percent_never_says_none_or_all_of_what_is_neither(share):
    assert wording.percent(share) not in ("0.0 %", "100.0 %")


def test_no_success_says_how_many_there_could_be(rate):
    assert wording.share(rate(0, 300)) == "0.0 % (at most 3/300 = 1.0 %)"
    assert wording.rate_in_full(rate(0, 300)) == "0.0 % (at most 3/300 = 1.0 %, n = 300)"


def test_the_bound_of_many_images_is_not_rounded_to_nothing(rate):
    assert wording.at_most(rate(0, 12830)) == "at most 3/12,830 = 0.03 %"


@given(st.integers(4, 10**6))
def test_three_of_n_is_no_less_than_the_exact_bound(n):
    # No success in n with a chance of 5 %: (1 - p) ** n = 0.05.
    assert 1 - 0.05 ** (1 / n) <= 3 / n


def test_three_images_bound_nothing(rate):
    assert wording.at_most(rate(0, 3)) == "at most 100 %"


def test_a_share_of_some_successes_stands_alone(rate):
    assert wording.share(rate(9, 900)) == "1.0 %"


def test_what_was_not_measured_is_said_in_words():
    assert wording.share(None) == wording.rate_in_full(None) == "not measured"
    assert wording.before_and_after(None, None) == wording.paired_change(None) == "not measured"


def test_an_interval_is_rounded_outwards():
    measured = Rate(value=0.5, n=10, ci95=(0.23449, 0.76551))
    assert wording.interval(measured) == "23.4–76.6 %"


def test_an_excess_may_be_below_zero():
    measured = Excess(value=-0.012, n=100, ci95=(-0.0301, 0.0199))
    assert wording.rate_in_full(measured) == "−1.2 % (−3.1 to 2.0 %, n = 100)"


def test_an_excess_of_nothing_has_two_ends():
    assert wording.interval(Excess(value=0.0, n=100, ci95=(-0.01, 0.01))) == "−1.0 to 1.0 %"


def test_an_exact_bound_is_not_rounded_further():
    assert wording.interval(Rate(value=0.2, n=10, ci95=(0.003, 0.3))) == "0.3–30.0 %"


@pytest.mark.parametrize(
    ("change", "text"),
    [(-0.02, "−2.0 points"), (0.013, "+1.3 points"), (0, "no change"), (-0.0001, "−0.01 points")],
)
def test_points_are_signed(change, text):
    assert wording.points(change) == text


def test_a_paired_change_says_which_images_moved(report):
    assert wording.paired_change(report.clean_accuracy_change) == (
        "−2.0 points (95 % interval −3.0 to −1.0, n = 1,000); "
        "30 images lost, 10 gained, McNemar p = 0.002"
    )


def test_a_tiny_p_value_is_not_spelled_out():
    assert wording.p_value(1e-16) == "p < 0.001"


def test_a_gate_says_what_was_asked(report):
    assert wording.gate(report.gate) == (
        "Gate not met: attack success at most 5.0 % and clean accuracy down by at most 4.0 points."
    )


def test_a_gate_of_one_limit_says_that_one():
    gate = Gate(max_attack_success_rate=0.1, max_accuracy_drop=None, passed=True)
    assert wording.gate(gate) == "Gate met: attack success at most 10.0 %."


@pytest.mark.parametrize(
    ("seconds", "text"), [(48.21, "48.2 s"), (725, "12 min 5 s"), (11240, "3 h 7 min")]
)
def test_durations_are_said_as_people_do(seconds, text):
    assert wording.duration(seconds) == text


@pytest.mark.parametrize(("n_bytes", "text"), [(648 * 2**20, "648 MiB"), (1300 * 2**20, "1.3 GiB")])
def test_memory_is_said_as_people_do(n_bytes, text):
    assert wording.memory(n_bytes) == text


def test_the_plain_rule_is_one_sentence(report):
    assert wording.good_net_rule(report.goodnet) == (
        "Rule disagreement: an input is flagged where the two models disagree."
    )


def test_a_target_aware_rule_names_its_targets_and_both_rates(full_report):
    assert wording.good_net_rule(full_report.goodnet) == (
        "Rule target-aware: an input is flagged where the model as it came answers a suspected "
        "target and the repaired model disagrees (class 0), by a margin above 0.4321. It was "
        "calibrated to flag at most 1.0 % of clean images, and flags 1.0 % of the 200 select "
        "images; these are too few to be sure of that, and of others it may be 3.1 %."
    )


def test_many_targets_are_counted(full_report):
    goodnet = dataclasses.replace(full_report.goodnet, targets=tuple(range(20)))
    assert "10, 11 and 8 more)" in wording.good_net_rule(goodnet)


@given(st.text())
def test_printable_text_is_one_visible_line(text):
    assert wording.printable(text).isprintable()


def test_a_change_of_writing_direction_is_shown():
    assert wording.printable("a\u202eb\nc") == "a�b c"


@given(st.text(max_size=80), st.integers(4, 60))
def test_shortened_text_keeps_to_its_limit(text, limit):
    assert len(wording.shortened(text, limit)) <= limit


def test_shortened_text_keeps_both_ends():
    assert wording.shortened("poisoned_sunglasses_test", 12) == "poisone…test"


def test_settings_read_as_they_are_typed():
    assert [wording.setting(value) for value in (True, 0.5, "adam")] == ["true", "0.5", "adam"]
