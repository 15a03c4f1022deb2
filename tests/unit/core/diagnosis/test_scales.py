import numpy as np
import pytest
from scipy import stats

from core.diagnosis import scales


def test_distances_are_counted_in_robust_deviations():
    # Median 3, median absolute deviation 1: 1.4826 stands for one standard deviation.
    found = scales.robust_z(np.array([1.0, 2.0, 3.0, 4.0, 103.0]))
    assert found == pytest.approx([-2 / 1.4826, -1 / 1.4826, 0, 1 / 1.4826, 100 / 1.4826])


def test_values_that_lie_together_by_luck_do_not_make_small_distances_large():
    values = np.array([1.0, 1.0, 1.0, 1.0, 1.5])
    assert scales.robust_z(values, narrowest=0.5)[-1] == 1
    assert (scales.robust_z(values) == 0).all()


def test_of_many_classes_the_distance_is_the_surprise():
    values = np.random.default_rng(0).normal(size=20_000)
    assert np.allclose(scales.surprise(values), scales.robust_z(values), atol=0.02)


def test_among_few_classes_the_same_distance_surprises_less():
    few, many = np.array([0, 1, 2, 3, 20.0]), np.append(np.arange(4).repeat(50), 20.0)
    assert 0 < scales.surprise(few)[-1] < scales.surprise(many)[-1] < 20


def test_few_counts_surprise_as_much_as_a_poisson_distribution_says():
    counts = np.array([0, 0, 0, 0, 0, 0, 3])
    found = scales.surprise_of_counts(counts, np.full(7, 0.5))
    assert found[-1] == pytest.approx(stats.norm.isf(stats.poisson.sf(2, 0.5)), abs=1e-5)
    assert (found[:-1] == 0).all()


def test_counts_that_all_vary_more_than_chance_surprise_less():
    counts, expected = np.array([2, 40, 5, 61, 18, 80]), np.full(6, 34.0)
    by_chance = stats.norm.isf(stats.poisson.sf(counts - 1, expected))
    assert (scales.surprise_of_counts(counts, expected)[[3, 5]] < by_chance[[3, 5]]).all()


def test_what_speaks_for_a_class_takes_nothing_away():
    assert scales.combined(np.array([[3.0, -9.0], [4.0, 2.0]])) == pytest.approx([5, 2])


@pytest.mark.parametrize(("n_kinds", "n"), [(4, 10), (5, 10), (5, 400)])
def test_chance_alone_passes_the_threshold_as_often_as_it_was_told_to(n_kinds, n):
    least = scales.threshold(n_kinds, n, chance=0.2)
    drawn = np.random.default_rng(0).normal(size=(n_kinds, 2000, n))
    largest = scales.combined(drawn.reshape(n_kinds, -1)).reshape(2000, n).max(axis=1)
    assert np.mean(largest >= least) == pytest.approx(0.2, abs=0.03)


def test_more_classes_have_to_score_higher():
    few, many = (scales.threshold(5, n, chance=0.01) for n in (10, 1283))
    assert (round(few, 2), round(many, 2)) == (4.04, 5.18)


def test_the_best_are_the_largest_above_nothing():
    assert scales.best(np.array([0.0, 3.0, -1.0, 5.0]), 3).tolist() == [3, 1]
