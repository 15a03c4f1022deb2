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
