import pytest

from core import statistics, summaries
from core.results import AttackResult, Evaluation, Rate, SeedResult


def rate(value):
    return Rate(value=value, n=100, ci95=statistics.wilson_interval(round(value * 100), 100))


def evaluation(accuracy, success, per_class=()):
    attack = AttackResult(
        name="corner", target_label=0, attack_success_rate=success, robust_accuracy=None, floor=None
    )
    classes = {str(label): rate(value) for label, value in enumerate(per_class)}
    return Evaluation(clean_accuracy=accuracy, per_class=classes, attacks=(attack,))


def test_the_worst_tenth_is_the_mean_of_the_least_accurate_classes():
    before = evaluation(None, None, [0.5, 0.7, *[0.9] * 18])
    after = evaluation(None, None, [0.8, 0.0, *[0.9] * 16, 0.4, 0.0])
    found = summaries.of_classes(before, after)
    assert (found.n_classes, found.n_worst, found.n_lost) == (20, 2, 2)
    assert found.worst_tenth_before == pytest.approx(0.6)
    assert found.worst_tenth_after == 0


def test_a_class_that_was_never_right_is_not_lost():
    found = summaries.of_classes(evaluation(None, None, [0.0]), evaluation(None, None, [0.0]))
    assert (found.n_worst, found.n_lost) == (1, 0)


def test_without_clean_images_there_are_no_classes():
    assert summaries.of_classes(evaluation(None, None), evaluation(None, None)) is None


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ((0.9, 1.0), (0.9, 0.0), 1.0),  # all of the attack gone at no cost
        ((0.9, 1.0), (0.9, 1.0), 0.5),  # nothing done
        ((0.9, 1.0), (0.8, 0.1), 0.9),  # (0.9 - 0.1 + 1) / 2
        (
            (0.9, 0.5),
            (0.95, 0.6),
            0.5,
        ),  # what got better counts nothing, nor does a stronger attack
    ],
)
def test_the_rating_of_a_hand_computed_case(before, after, expected):
    first, second = (evaluation(rate(a), rate(s)) for a, s in (before, after))
    assert summaries.effectiveness(first, second) == {"corner": pytest.approx(expected)}


def test_without_accuracy_there_is_no_rating():
    unmeasured = evaluation(None, rate(1.0))
    assert summaries.effectiveness(unmeasured, unmeasured) == {"corner": None}


def run(seed, accuracy, success):
    return SeedResult(
        seed=seed, select_accuracy=1.0, clean_accuracy=accuracy,
        attack_success_rate={"corner": success},
    )  # fmt: skip


def test_the_spread_over_seeds_is_mean_lowest_and_highest():
    runs = [run(0, rate(0.9), rate(0.1)), run(1, rate(0.8), rate(0.4)), run(2, rate(0.7), None)]
    found = summaries.of_seeds(runs)
    (corner,) = found.attack_success_rate
    assert found.clean_accuracy.mean == pytest.approx(0.8)
    assert (found.clean_accuracy.low, found.clean_accuracy.high) == (0.7, 0.9)
    assert (corner.n_seeds, corner.mean, corner.low, corner.high) == (2, 0.25, 0.1, 0.4)


def test_a_single_seed_has_no_spread():
    assert summaries.of_seeds([run(0, rate(0.9), None)]) is None


def test_what_no_seed_measured_has_no_spread():
    found = summaries.of_seeds([run(0, None, None), run(1, None, None)])
    assert found.clean_accuracy is None and found.attack_success_rate == ()
