import numpy as np
import pytest
import tensorflow as tf
import tf_keras as keras

from core import finetuning, inversion
from core.methods import i_bau

LAYERS = keras.layers
PIXELS = inversion.PixelRange(low=np.full(1, -9, np.float32), high=np.full(1, 9, np.float32))
IMAGES = tf.constant(np.random.default_rng(0).normal(size=(12, 4, 4, 1)).astype(np.float32))
LABELS = tf.constant(np.random.default_rng(1).integers(0, 3, 12))


def smooth():
    """A net whose loss has second derivatives everywhere."""
    keras.utils.set_random_seed(2)
    return keras.Sequential(
        [LAYERS.Input((4, 4, 1)), LAYERS.Conv2D(3, 2, activation="tanh"), LAYERS.Flatten(),
         LAYERS.Dense(3)]
    )  # fmt: skip


def patterns(model, *, radius=0.5, count=2):
    return i_bau._Patterns(model, PIXELS, radius=radius, count=count, seed=0)


def outer(model, found, values):
    changed = found.added(IMAGES, LABELS, values)
    scores = finetuning.log_probabilities(model, changed, training=False)
    return finetuning.cross_entropy(LABELS, scores)


def test_the_search_makes_the_loss_larger_and_stays_in_the_ball():
    model = smooth()
    found = patterns(model)
    before = float(outer(model, found, found._values))
    for _ in range(5):
        found.worsen(IMAGES, LABELS)
    norms = np.sqrt((found._values.numpy() ** 2).sum(axis=(1, 2, 3)))
    assert float(outer(model, found, found._values)) > before
    assert (norms <= 0.5 + 1e-5).all()


def test_each_class_has_one_of_the_patterns():
    found = patterns(smooth(), count=2)
    values = np.stack([np.full((4, 4, 1), 0.01), np.full((4, 4, 1), 0.02)]).astype(np.float32)
    added = found.added(tf.zeros((3, 4, 4, 1)), tf.constant([0, 1, 2]), values).numpy()
    each = added.mean(axis=(1, 2, 3)) / 18  # of a range of 18
    assert set(each.round(3)) == {np.float32(0.01), np.float32(0.02)}


def test_without_terms_the_gradient_takes_the_patterns_for_given():
    model = smooth()
    found = patterns(model)
    with tf.GradientTape() as tape:
        loss = outer(model, found, found._values)
    expected = tape.gradient(loss, model.trainable_variables)
    told, given = found.hypergradient(
        lambda values: outer(model, found, values), IMAGES, LABELS, terms=0
    )
    assert float(told) == pytest.approx(float(loss))
    for first, second in zip(given, expected, strict=True):
        assert first.numpy() == pytest.approx(second.numpy(), abs=1e-6)


def test_one_term_is_the_change_that_a_step_of_the_search_brings():
    """Against finite differences along one direction of the weights."""
    model = smooth()
    found = patterns(model)
    values = tf.constant(found._values.numpy())
    with tf.GradientTape() as tape:
        tape.watch(values)
        loss = outer(model, found, values)
    start = tape.gradient(loss, values)

    def total():
        with tf.GradientTape() as tape:
            tape.watch(values)
            hidden = found._hidden(IMAGES, LABELS, values)
        following = values - i_bau._IMPLICIT_STEP * tape.gradient(hidden, values)
        return float(outer(model, found, values) + tf.reduce_sum(start * following))

    _, given = found.hypergradient(lambda each: outer(model, found, each), IMAGES, LABELS, terms=1)
    kernel, step = model.trainable_variables[0], 1e-2
    way = np.random.default_rng(3).normal(size=kernel.shape).astype(np.float32)
    kernel.assign_add(step * way)
    above = total()
    kernel.assign_sub(2 * step * way)
    slope = (above - total()) / (2 * step)
    assert float((given[0].numpy() * way).sum()) == pytest.approx(slope, rel=0.02, abs=1e-3)
