import numpy as np
import pytest
import tf_keras as keras
from hypothesis import given, settings
from hypothesis import strategies as st

from core import goodnet, metrics, models, pruning
from core.goodnet import Rule
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


@pytest.mark.parametrize("threshold", [-1.0, 0.2, 0.5, 0.8, 2.0])
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


def test_the_plain_rule_needs_no_images_and_has_no_threshold(pair):
    rule = goodnet.choose_rule(*pair, IMAGES, tiny.SCALED, options=GoodNetOptions())
    assert (rule.name, rule.threshold) == ("disagreement", None)


@settings(max_examples=50)
@given(st.lists(st.floats(0, 1), max_size=40), st.integers(0, 40))
def test_no_more_margins_than_allowed_lie_above_the_threshold(margins, allowed):
    ordered = np.sort(np.array(margins))[::-1]
    assert (ordered > goodnet._threshold(ordered, allowed)).sum() <= allowed


def test_the_figures_count_what_was_flagged(pair, tiny_case):
    model = joined(pair, Rule())
    predictions = metrics.predict(model, tiny_case.tests, tiny.SCALED)
    result = goodnet.evaluate(predictions, tiny_case.tests, Rule(), class_index=tiny.N_CLASSES)
    assert result.class_index == tiny.N_CLASSES
    assert result.false_positive_rate.value == np.mean(predictions.clean == tiny.N_CLASSES)
    truth = tiny_case.tests.clean.labels
    assert result.clean_accuracy.value == np.mean(predictions.clean == truth)
    assert result.detection_rate["corner"].value == np.mean(
        predictions.poisoned[0] == tiny.N_CLASSES
    )


def test_without_clean_images_there_is_no_false_positive_rate(pair, tiny_case):
    tests = metrics.TestSets(clean=None, poisoned=tiny_case.tests.poisoned)
    predictions = metrics.predict(pair[0], tests, tiny.SCALED)
    result = goodnet.evaluate(predictions, tests, Rule(), class_index=tiny.N_CLASSES)
    assert result.false_positive_rate is None and result.clean_accuracy is None


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
