import numpy as np
import pytest
import tf_keras as keras

from core import errors
from core.methods import readouts
from tests import tiny


@pytest.fixture(scope="module")
def readout(tiny_case):
    return readouts.required(tiny_case.model)


def relearned(readout, validation, labels, **fit):
    return readouts.relearned(
        readout, validation, [], labels=labels, fit=readouts.Fit(**{"ridge": 1e-6, **fit}), seed=0
    )


def test_the_scores_are_those_of_the_model_before_its_softmax(tiny_case, readout):
    images = tiny.SCALED.apply(tiny_case.validation.at(np.arange(20)))
    scores = readout.scores(readout.features(images))
    likely = tiny_case.model.predict_on_batch(images)
    assert np.array_equal(scores.argmax(axis=1), likely.argmax(axis=1))
    softmax = np.exp(scores - scores.max(axis=1, keepdims=True))
    assert np.allclose(softmax / softmax.sum(axis=1, keepdims=True), likely, atol=1e-5)


def test_a_model_without_a_dense_at_its_end_has_none():
    inputs = keras.Input((8, 8, 3))
    pooled = keras.layers.GlobalAveragePooling2D()(keras.layers.Conv2D(4, 3)(inputs))
    model = keras.Model(inputs, pooled)
    assert readouts.of_model(model) is None
    with pytest.raises(errors.NoReadout):
        readouts.required(model)


def test_without_triggers_and_penalty_the_same_scores_are_learned(readout, validation):
    anew = relearned(readout, validation, [0, 1], ridge=1e-9)
    features = readout.features(validation.preprocessing.apply(validation.select.at(range(10))))
    assert np.allclose(anew.scores(features), readout.scores(features), atol=0.05)


def test_classes_that_are_not_asked_for_keep_their_columns(readout, validation):
    anew = relearned(readout, validation, [2], ridge=0.1)
    others = [0, 1, 3]
    assert np.array_equal(anew.kernel[:, others], readout.kernel[:, others])
    assert not np.array_equal(anew.kernel[:, 2], readout.kernel[:, 2])


def test_a_large_penalty_leaves_small_weights(readout, validation):
    anew = relearned(readout, validation, [1], ridge=1e3)
    assert np.abs(anew.kernel[:, 1]).sum() < 0.1 * np.abs(readout.kernel[:, 1]).sum()


def test_weight_keeps_the_scores_of_the_clean_images_of_a_class(readout, validation):
    rows = np.flatnonzero(validation.tune.labels == 1)
    features = readout.features(validation.preprocessing.apply(validation.tune.at(rows)))
    wrong = [
        np.abs(relearned(readout, validation, [1], ridge=0.1, own_weight=weight).scores(features)
               - readout.scores(features))[:, 1].mean()
        for weight in (1.0, 64.0)
    ]  # fmt: skip
    assert wrong[1] < 0.5 * wrong[0]


def test_it_is_put_into_a_copy(tiny_case, readout, validation):
    anew = relearned(readout, validation, [1], ridge=1.0)
    before = [weight.copy() for weight in tiny_case.model.get_weights()]
    copied = anew.put_into(tiny_case.model)
    assert np.array_equal(copied.get_layer(anew.layer).get_weights()[0], anew.kernel)
    for first, second in zip(before, tiny_case.model.get_weights(), strict=True):
        assert np.array_equal(first, second)
