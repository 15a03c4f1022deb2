import numpy as np
import pytest
from scipy import stats

from benchmarks.repair import summaries
from tests.unit.benchmarks import repairs


def test_a_summary_by_hand():
    found = summaries.summary([0.1, 0.4, 0.2])
    assert (found.n, found.median, found.least, found.most) == (3, 20, 10, 40)
    assert found.mean == pytest.approx(70 / 3)


def test_one_net_leaves_only_the_doubt_about_its_images():
    # Two shares of 1,000 images each: success 0.5, floor 0.02.
    interval = summaries.excess_interval([repairs.row()])
    half = 196 * (0.5 * 0.5 / 1000 + 0.02 * 0.98 / 1000) ** 0.5
    assert interval.value == pytest.approx(48)
    assert interval.high - interval.low == pytest.approx(2 * half, rel=0.06)


def test_nets_that_differ_widen_the_interval_to_their_range():
    rows = [repairs.row(seed=seed, success=success) for seed, success in enumerate((0.1, 0.5, 0.9))]
    interval = summaries.excess_interval(rows)
    assert interval.value == pytest.approx(48)
    assert interval.low < 10 and interval.high > 86


def test_more_repairs_of_one_net_are_no_more_nets():
    several = [repairs.row(seed=seed, success=success) for seed, success in ((0, 0.1), (1, 0.9))]
    once, thrice = summaries.excess_interval(several), summaries.excess_interval(several * 3)
    assert thrice.high - thrice.low > 0.9 * (once.high - once.low)


def test_medians_of_nets_agree_with_scipy():
    values = (0.05, 0.2, 0.3, 0.35, 0.6, 0.8, 0.9)
    rows = [repairs.row(seed=seed, success=value + 0.02) for seed, value in enumerate(values)]
    ours = summaries.excess_interval(rows)
    theirs = stats.bootstrap(
        (values,), np.median,
        method="percentile", n_resamples=4000, rng=0,
    ).confidence_interval  # fmt: skip
    assert ours.low == pytest.approx(100 * theirs.low, abs=4)
    assert ours.high == pytest.approx(100 * theirs.high, abs=4)


def test_a_drop_has_an_interval_too():
    interval = summaries.drop_interval([repairs.row(drop=0.03)])
    assert interval.value == pytest.approx(3)
    assert interval.low < 0 < interval.high
