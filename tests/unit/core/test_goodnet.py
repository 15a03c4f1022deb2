import dataclasses

import numpy as np
import pytest
import tf_keras as keras
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from core import errors, goodnet, metrics, models, pruning
from core.goodnet import Rule, margins, roc, rules
from core.requests import GoodNetOptions
from tests import tiny

IMAGES = tiny.labelled(200, 9)


@pytest.fixture(scope="module")
def pair(tiny_case):
    damaged = pruning.silence_channels(
        tiny_case.model, [pruning.Channel("conv_2", index) for index in range(5)]
    )
    return tiny_case.model, damaged


def joined(pair, rule):
    files = [models.describe(model, name=name) for model, name in zip(pair, "bg", strict=True)]
    return models.build(goodnet.join(*files, rule, metadata={"preprocessing": "/255"}))


def answers(model, images=IMAGES):
    tests = metrics.TestSets(clean=images)
    return metrics.predict(model, tests, tiny.SCALED).clean


def test_where_the_models_agree_it_answers_their_class_and_elsewhere_n(pair):
    bad, good = answers(pair[0]), answers(pair[1])
    assert (bad != good).any()
    expected = np.where(bad == good, good, tiny.N_CLASSES)
    assert np.array_equal(answers(joined(pair, Rule())), expected)


def test_a_model_joined_with_itself_never_flags(pair):
    assert (answers(joined((pair[0], pair[0]), Rule())) < tiny.N_CLASSES).all()


@pytest.mark.parametrize("threshold", [-0.5, 0.2, 0.5, 0.8, 2.0])
def test_the_calibrated_rule_flags_the_disagreements_above_its_threshold(pair, threshold):
    bad, good = (
        np.concatenate(list(metrics.probability_batches(model, IMAGES, tiny.SCALED)))
        for model in pair
    )
    answer = bad.argmax(axis=1)
    margin = (bad - good)[np.arange(len(bad)), answer]
    flagged = (answer != good.argmax(axis=1)) & (margin > threshold)
    expected = np.where(flagged, tiny.N_CLASSES, good.argmax(axis=1))
    rule = Rule(threshold=threshold, false_positive_rate=0.01)
    assert np.array_equal(answers(joined(pair, rule)), expected)


def test_scores_are_a_distribution_over_n_plus_one_classes(pair):
    model = joined(pair, Rule())
    scores = model.predict(tiny.SCALED.apply(IMAGES.at(np.arange(50))), verbose=0)
    assert scores.shape == (50, tiny.N_CLASSES + 1)
    assert scores.sum(axis=1) == pytest.approx(np.ones(50), abs=1e-5)


def test_models_of_logits_can_be_joined():
    model = tiny.untrained(logits=True)
    assert np.array_equal(answers(joined((model, model), Rule())), answers(model))


@pytest.mark.parametrize("share", [0.0, 0.01, 0.05, 0.2])
def test_calibration_flags_no_more_clean_images_than_declared(pair, share):
    options = GoodNetOptions(rule="calibrated", false_positive_rate=share)
    rule = goodnet.choose_rule(*pair, IMAGES, tiny.SCALED, options=options)
    assert np.mean(answers(joined(pair, rule)) == tiny.N_CLASSES) <= share


def rule_of(pair, suspects=(), **options):
    asked = GoodNetOptions(**options)
    return goodnet.choose_rule(*pair, IMAGES, tiny.SCALED, options=asked, suspects=suspects)


def test_the_plain_rule_needs_no_images_and_has_no_threshold(pair):
    rule = rule_of(pair, rule="disagreement")
    assert (rule.name, rule.threshold, rule.select_rate) == ("disagreement", None, None)


@pytest.mark.parametrize(
    ("suspects", "options", "expected"),
    [
        ((), {}, ("calibrated", ())),
        ((2, 0), {}, ("target-aware", (2, 0))),
        ((2,), {"targets": (1,)}, ("target-aware", (1,))),
        ((2,), {"rule": "calibrated", "targets": (1,)}, ("calibrated", ())),
        ((), {"rule": "target-aware"}, ("calibrated", ())),
    ],
)
def test_the_rule_goes_by_declared_targets_before_suspected_ones(pair, suspects, options, expected):
    rule = rule_of(pair, suspects, **options)
    assert (rule.name, rule.targets) == expected


def test_a_target_aware_rule_without_targets_is_told(pair):
    assert "no class is suspected" in rule_of(pair, rule="target-aware").warnings[0]
    assert rule_of(pair).warnings == ()


def test_of_too_few_images_none_is_flagged_and_the_bound_says_what_can_be_promised(pair):
    rule = rule_of(pair, false_positive_rate=0.01)
    assert rule.select_rate.value == 0
    assert rule.bound == pytest.approx(1 - 0.05 ** (1 / 200))


@pytest.mark.parametrize("threshold", [None, 0.3])
def test_the_target_aware_rule_flags_only_where_the_bad_model_answers_a_target(pair, threshold):
    bad, good = (
        np.concatenate(list(metrics.probability_batches(model, IMAGES, tiny.SCALED)))
        for model in pair
    )
    rule = Rule(threshold=threshold, false_positive_rate=0.2, targets=(0, 3))
    found = margins.of_disagreements(bad, good)
    flagged = np.isin(bad.argmax(axis=1), (0, 3)) & (found > (threshold or margins.AGREEMENT))
    assert 0 < flagged.sum() < (found > margins.AGREEMENT).sum()
    expected = np.where(flagged, tiny.N_CLASSES, good.argmax(axis=1))
    assert np.array_equal(answers(joined(pair, rule)), expected)


def test_the_rate_on_select_is_that_of_the_rule(pair):
    rule = rule_of(pair, (0, 1), false_positive_rate=0.1)
    flagged = answers(joined(pair, rule)) == tiny.N_CLASSES
    assert (rule.select_rate.value, rule.select_rate.n) == (flagged.mean(), len(IMAGES))


def test_a_target_that_the_model_does_not_have_is_refused():
    with pytest.raises(errors.InvalidParams, match="target 4 is none of the model's 4 classes"):
        goodnet.check_targets(GoodNetOptions(targets=(3, 4)), 4)


@settings(max_examples=50)
@given(st.lists(st.floats(0, 1), max_size=40), st.integers(0, 40))
def test_no_more_margins_than_allowed_lie_above_the_threshold(found, allowed):
    ordered = np.sort(np.array(found))[::-1]
    threshold = rules._threshold(ordered, allowed)
    flagged = ordered > (margins.AGREEMENT if threshold is None else threshold)
    assert flagged.sum() <= allowed


@pytest.mark.parametrize(
    ("share", "n", "n_allowed"), [(0.01, 299, 0), (0.01, 500, 1), (0.05, 500, 16)]
)
def test_so_many_may_be_flagged_that_the_declared_share_is_kept_with_confidence(
    share, n, n_allowed
):
    assert rules._n_allowed(share, n) == n_allowed
    # Were more of all images flagged, so few of n would be seen with a chance below 5 %.
    assert stats.binom.cdf(n_allowed, n, share) <= 0.05 < stats.binom.cdf(n_allowed + 1, n, share)


def watched(pair, tests, rule):
    return goodnet.watch(joined(pair, rule), tests, tiny.SCALED, on_batch=lambda count: None)


def evaluated(pair, tests, rule=None, **options):
    rule = rule or Rule()
    seen = watched(pair, tests, rule)
    return goodnet.evaluate(seen, tests, rule, class_index=tiny.N_CLASSES, **options)


def test_what_is_watched_is_what_the_model_and_the_two_inside_it_say(pair, tiny_case):
    seen = watched(pair, tiny_case.tests, Rule())
    labels = metrics.predict(joined(pair, Rule()), tiny_case.tests, tiny.SCALED)
    assert np.array_equal(seen.predictions.clean, labels.clean)
    assert np.array_equal(seen.predictions.poisoned[0], labels.poisoned[0])
    bad = metrics.predict(pair[0], tiny_case.tests, tiny.SCALED)
    assert np.array_equal(seen.poisoned[0].answers, bad.poisoned[0])


def test_the_figures_count_what_was_flagged(pair, tiny_case):
    predictions = metrics.predict(joined(pair, Rule()), tiny_case.tests, tiny.SCALED)
    result = evaluated(pair, tiny_case.tests)
    assert result.class_index == tiny.N_CLASSES
    assert result.false_positive_rate.value == np.mean(predictions.clean == tiny.N_CLASSES)
    truth = tiny_case.tests.clean.labels
    assert result.clean_accuracy.value == np.mean(predictions.clean == truth)
    assert result.detection_rate["corner"].value == np.mean(
        predictions.poisoned[0] == tiny.N_CLASSES
    )


def test_without_clean_images_there_is_no_false_positive_rate(pair, tiny_case):
    tests = metrics.TestSets(clean=None, poisoned=tiny_case.tests.poisoned)
    result = evaluated(pair, tests)
    assert result.false_positive_rate is None and result.clean_accuracy is None
    assert result.curves == ()


def test_a_curve_goes_through_the_rule_that_is_built_in(pair, tiny_case):
    rule = Rule(threshold=0.3, false_positive_rate=0.01, targets=(0,))
    result = evaluated(pair, tiny_case.tests, rule)
    _, aware = result.curves
    point = min(
        aware.points[:-1],
        key=lambda point: abs(point.false_positive_rate - result.false_positive_rate.value),
    )
    assert aware.score == "target-aware"
    assert point.detection_rate == pytest.approx(result.detection_rate["corner"].value, abs=0.05)


def test_without_targets_there_is_one_curve_for_each_poisoned_set(pair, tiny_case):
    (curve,) = evaluated(pair, tiny_case.tests).curves
    assert (curve.name, curve.score) == ("corner", "general")


def test_a_curve_of_a_hand_computed_case():
    poisoned, clean = np.array([0.9, 0.8, 0.2, -1.0]), np.array([0.5, -1.0, -1.0, -1.0, -1.0])
    curve = roc.curve("corner", "general", poisoned, clean)
    points = [(point.false_positive_rate, point.detection_rate) for point in curve.points]
    assert points == [(0, 0), (0, 0.5), (pytest.approx(0.2), 0.75), (1, 1)]
    assert curve.area.value == pytest.approx((5 + 5 + 4 + 4 / 2) / 20)
    assert (curve.detection_at_1_percent.value, curve.detection_at_1_percent.n) == (0.5, 4)


@settings(max_examples=50)
@given(
    st.lists(st.floats(-1, 1), min_size=1, max_size=300),
    st.lists(st.floats(-1, 1), min_size=1, max_size=300),
)
def test_a_curve_rises_from_nothing_to_everything_in_a_few_points(poisoned, clean):
    points = roc.curve("corner", "general", np.array(poisoned), np.array(clean)).points
    assert len(points) <= 64
    assert (points[0].false_positive_rate, points[0].detection_rate) == (0, 0)
    assert points[-1] == dataclasses.replace(points[-1], false_positive_rate=1, detection_rate=1)
    rates = np.array([(point.false_positive_rate, point.detection_rate) for point in points])
    assert (np.diff(rates, axis=0) >= 0).all()


def small(*last):
    layers = keras.layers
    return keras.Sequential(
        [layers.Input(tiny.SHAPE), layers.Conv2D(4, 10), layers.GlobalAveragePooling2D(), *last]
    )


@pytest.mark.parametrize("name", ["answer", "scaled", "probabilities", "input", "scores", "flag"])
def test_layers_of_the_models_may_be_called_what_they_like(name):
    model = small(keras.layers.Dense(tiny.N_CLASSES, name=name))
    rule = Rule(threshold=0.5, false_positive_rate=0.01)
    assert np.array_equal(answers(joined((model, model), rule)), answers(model))


def test_probabilities_behind_a_reshape_are_not_made_probabilities_again():
    model = small(keras.layers.Softmax(), keras.layers.Reshape((4,)))
    scores = joined((model, model), Rule())(tiny.SCALED.apply(IMAGES.at([0, 1]))).numpy()
    assert scores[:, :-1] == pytest.approx(model(tiny.SCALED.apply(IMAGES.at([0, 1]))).numpy())
