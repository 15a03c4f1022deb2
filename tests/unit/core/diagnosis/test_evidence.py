import numpy as np
import tf_keras as keras

from core import inversion, network
from core.diagnosis import attractors, heads, margins
from core.diagnosis.evidence import Evidence
from tests import tiny

PIXELS = inversion.PixelRange(low=np.zeros(1, np.float32), high=np.ones(1, np.float32))


def linear(kernel, *, shape=(2, 2, 1), pixelwise=False):
    """A model that multiplies its pixels with a matrix."""
    layers = keras.layers
    first = layers.Input(shape)
    if pixelwise:
        scores = layers.Flatten()(layers.Conv2D(kernel.shape[1], 1, use_bias=False)(first))
    else:
        scores = layers.Dense(kernel.shape[1], use_bias=False)(layers.Flatten()(first))
    model = keras.Model(first, layers.Softmax()(scores))
    model.layers[2 if not pixelwise else 1].set_weights([kernel.reshape(_shape(kernel, pixelwise))])
    return model


def _shape(kernel, pixelwise):
    return (1, 1, *kernel.shape) if pixelwise else kernel.shape


def test_the_sums_are_those_of_the_weights_that_lead_to_each_class():
    kernel = np.array([[1, 2], [3, 4], [5, 6], [7, 8]], np.float32)
    assert heads.column_sums(linear(kernel)).tolist() == [16, 20]


def test_a_convolution_of_single_pixels_has_sums_too():
    kernel = np.array([[1, 2, 3]], np.float32)
    model = linear(kernel, shape=(1, 1, 1), pixelwise=True)
    assert heads.column_sums(model).tolist() == [1, 2, 3]


def test_without_a_last_layer_of_weights_there_are_no_sums():
    layers = keras.layers
    model = keras.Sequential(
        [layers.Input((8, 8, 1)), layers.Conv2D(4, 3), layers.GlobalAveragePooling2D()]
    )
    assert network.score_layer(model) is None
    assert heads.column_sums(model) is None


def test_the_margin_is_the_largest_that_pixels_can_reach():
    # Class 0 is at best 2 - 0 where the first two pixels are white and the others black.
    kernel = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 3]], np.float32)
    assert np.allclose(margins.maximum_margins(linear(kernel), PIXELS, seed=0), [2, 1, 3])


def test_classes_that_do_not_fit_together_take_turns(monkeypatch):
    monkeypatch.setattr(margins, "_MAX_BATCH_NUMBERS", 1)
    kernel = np.eye(4, 3, dtype=np.float32)
    told = []
    found = margins.maximum_margins(
        linear(kernel), PIXELS, seed=0, on_step=lambda done, total: told.append((done, total))
    )
    assert np.allclose(found, 1)
    assert len(told) == told[-1][0] == told[-1][1]


def test_the_target_has_the_largest_margin(small_trigger):
    pixels = inversion.PixelRange(low=np.full(3, -1, np.float32), high=np.ones(3, np.float32))
    found = margins.maximum_margins(small_trigger, pixels, seed=0)
    assert int(np.argmax(found)) == tiny.TARGET


def test_a_class_that_draws_images_of_others_is_an_attractor():
    labels = np.repeat(np.arange(10), 20)
    answers = np.where(np.arange(200) % 10 == 0, 7, labels)
    assert int(np.argmax(attractors.attraction(answers, labels, 10))) == 7


def test_where_nothing_is_mistaken_nothing_attracts():
    labels = np.arange(50) % 5
    assert (attractors.attraction(labels, labels, 5) == 0).all()


def evidence(n_classes):
    """Class 1 stands out by its weights, class 2 by its margin; there is no attractor."""
    head, margin = np.zeros((2, n_classes), np.float32)
    head[1], margin[2] = 9, 4
    return Evidence(head=head, margin=margin, attractor=np.zeros(n_classes, np.float32))


def test_of_few_classes_all_are_searched():
    assert evidence(10).shortlist().tolist() == list(range(10))


def test_of_many_classes_those_that_any_evidence_speaks_against():
    assert evidence(1000).shortlist().tolist() == [1, 2]


def test_where_nothing_stands_out_one_class_is_searched_all_the_same():
    flat = Evidence(head=None, margin=np.zeros(100), attractor=np.zeros(100))
    assert len(flat.shortlist()) == 1
