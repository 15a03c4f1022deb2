import numpy as np
import pytest
import tensorflow as tf

from core import catalogue, finetuning
from core.methods import ft_sam
from tests import tiny

IMAGES = tiny.SCALED.apply(tiny.pictures(16, 1)[0])
LABELS = tiny.pictures(16, 1)[1]


def step_with(make_step, *, learning_rate):
    """The weights after one step of a net with batch normalization."""
    params = catalogue.FineTuning(
        epochs=1, optimizer="sgd", learning_rate=learning_rate, weight_decay=0.0
    )
    model = tiny.untrained(normalized=True, logits=True)
    optimizer = finetuning.optimizer(params, 16)
    optimizer.build(model.trainable_variables)
    make_step(finetuning.Trainee(model=model, optimizer=optimizer))(IMAGES, LABELS)
    return model.get_weights()


def test_the_way_to_the_worst_weights_is_rho_long_in_units_of_the_weights():
    rng = np.random.default_rng(0)
    weights = [tf.constant(rng.normal(size=shape)) for shape in ((3, 4), (5,))]
    slopes = [tf.constant(rng.normal(size=each.shape)) for each in weights]
    way = ft_sam._worst_way(weights, slopes, 0.7)
    units = [each / tf.abs(weight) for each, weight in zip(way, weights, strict=True)]
    assert float(tf.linalg.global_norm(units)) == pytest.approx(0.7)
    assert all(
        (tf.sign(each) == tf.sign(slope)).numpy().all()
        for each, slope in zip(way, slopes, strict=True)
    )


def test_a_step_of_no_length_leaves_weights_and_counts_batch_statistics_once():
    flat = step_with(ft_sam.flat_step(2.0, smoothing=0.0), learning_rate=0.0)
    plain = step_with(finetuning.plain_step, learning_rate=0.0)
    for first, second in zip(flat, plain, strict=True):
        assert np.array_equal(first, second)


def test_without_rho_the_step_is_the_plain_one():
    flat = step_with(ft_sam.flat_step(0.0, smoothing=0.0), learning_rate=0.1)
    plain = step_with(finetuning.plain_step, learning_rate=0.1)
    for first, second in zip(flat, plain, strict=True):
        assert first == pytest.approx(second, abs=1e-6)


def test_with_rho_it_is_another():
    flat = step_with(ft_sam.flat_step(2.0, smoothing=0.0), learning_rate=0.1)
    plain = step_with(finetuning.plain_step, learning_rate=0.1)
    assert np.abs(flat[0] - plain[0]).max() > 1e-5
