import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from core import statistics
from core.results import Rate

counts = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts)
def test_wilson_interval_is_the_one_of_scipy(count):
    expected = stats.binomtest(*count).proportion_ci(method="wilson")
    assert statistics.wilson_interval(*count) == pytest.approx(tuple(expected), abs=1e-9)


@given(counts)
def test_clopper_pearson_interval_is_the_one_of_scipy(count):
    expected = stats.binomtest(*count).proportion_ci(method="exact")
    assert statistics.clopper_pearson_interval(*count) == pytest.approx(tuple(expected), abs=1e-9)


def test_wilson_interval_of_a_hand_computed_case():
    # 8 of 10: centre (0.8 + 0.19207) / 1.38415, half-width 0.30783 / 1.38415 * ...
    assert statistics.wilson_interval(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)


def test_no_success_in_three_hundred_allows_about_one_percent():
    assert statistics.clopper_pearson_interval(0, 300)[1] == pytest.approx(0.0122, abs=1e-4)


def test_nothing_measured_is_none_and_not_zero():
    nothing = np.zeros(0, bool)
    assert statistics.accuracy_rate(nothing) is None
    assert statistics.attack_rate(nothing) is None


def test_rates_count_the_true_entries():
    rate = statistics.accuracy_rate(np.array([True, False, True, True]))
    assert (rate.value, rate.n) == (0.75, 4)


@given(
    st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60),
)
def test_mcnemar_is_the_exact_binomial_test_of_the_changed_images(pairs):
    before, after = (np.array(column, bool) for column in zip(*pairs, strict=True))
    change = statistics.paired_change(before, after)
    changed = change.only_before + change.only_after
    expected = stats.binomtest(change.only_before, changed).pvalue if changed else 1.0
    assert change.p_value == pytest.approx(expected)
    assert change.value == pytest.approx(after.mean() - before.mean())
    assert change.ci95[0] <= change.value <= change.ci95[1]


def test_excess_interval_of_newcombes_first_example():
    # Newcombe 1998, table II, case (a): 56/70 - 48/80, method 10: 0.0524 to 0.3339.
    rate = Rate(value=56 / 70, n=70, ci95=(0, 1))
    floor = Rate(value=48 / 80, n=80, ci95=(0, 1))
    assert statistics.excess_interval(rate, floor) == pytest.approx((0.0524, 0.3339), abs=1e-4)


def test_what_is_above_the_floor_has_the_interval_of_the_difference():
    rate = Rate(value=56 / 70, n=70, ci95=(0, 1))
    floor = Rate(value=48 / 80, n=80, ci95=(0, 1))
    found = statistics.excess(rate, floor)
    assert (found.value, found.n) == (pytest.approx(0.2), 70)
    assert found.ci95 == pytest.approx((0.0524, 0.3339), abs=1e-4)


scores = st.lists(st.integers(-3, 3).map(float), min_size=1, max_size=40).map(np.array)


@given(scores, scores)
def test_the_area_is_the_mann_whitney_statistic_of_scipy(poisoned, clean):
    area = statistics.area_under_curve(poisoned, clean)
    statistic = stats.mannwhitneyu(poisoned, clean, method="asymptotic").statistic
    assert area.value == pytest.approx(statistic / (len(poisoned) * len(clean)))
    assert 0 <= area.ci95[0] <= area.value <= area.ci95[1] <= 1


def test_the_interval_of_an_area_is_that_of_delong_by_its_definition():
    rng = np.random.default_rng(3)
    poisoned, clean = np.round(rng.normal(1, 1, 60), 1), np.round(rng.normal(0, 1, 45), 1)
    wins = (poisoned[:, None] > clean) + (poisoned[:, None] == clean) / 2
    variance = wins.mean(axis=1).var(ddof=1) / 60 + wins.mean(axis=0).var(ddof=1) / 45
    half = stats.norm.ppf(0.975) * np.sqrt(variance)
    area = statistics.area_under_curve(poisoned, clean)
    assert area.ci95 == pytest.approx((wins.mean() - half, wins.mean() + half))


def test_the_area_of_a_hand_computed_case():
    # Of six pairs three are won and (2, 2) is a tie; the placements are 1, 3/4, 0 and 2/3, 1/2,
    # with variances 0.270833 and 0.013889. Twenty times the same images: 0.583 +- 0.12.
    poisoned, clean = np.array([3.0, 2.0, 0.0] * 20), np.array([1.0, 2.0] * 20)
    area = statistics.area_under_curve(poisoned, clean)
    variance = 0.270833 * (2 / 3) * (60 / 59) / 60 + 0.013889 / 2 * (40 / 39) / 40
    half = 1.959964 * np.sqrt(variance)
    assert area.value == pytest.approx(3.5 / 6)
    assert area.ci95 == pytest.approx((3.5 / 6 - half, 3.5 / 6 + half), abs=1e-4)


def test_scores_that_are_all_apart_are_not_taken_for_certain():
    area = statistics.area_under_curve(np.arange(10, 40.0), np.arange(10.0))
    assert area.value == 1
    # Ten pairs, all won: the exact bound is the tenth root of 0.025.
    assert area.ci95 == pytest.approx((0.025**0.1, 1))


@given(counts)
def test_the_largest_share_is_the_one_sided_bound_of_scipy(count):
    test = stats.binomtest(*count, alternative="less")
    expected = test.proportion_ci(confidence_level=0.95, method="exact").high
    assert statistics.largest_share(*count) == pytest.approx(expected, abs=1e-9)
