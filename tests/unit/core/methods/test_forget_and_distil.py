import dataclasses

import numpy as np
import pytest
import tf_keras as keras

from core import catalogue, data, methods, metrics
from core.methods import forget_and_distil
from tests import tiny

PARAMS = catalogue.ForgetAndDistil(
    epochs=12, batch_size=32, flip=False, steps=60, labels=str(tiny.TARGET)
)


def repair(model, validation, *, params=PARAMS):
    return methods.METHODS["forget-and-distil"](
        model, validation, params=params, max_accuracy_drop=0.04,
        execution=methods.Execution(seed=0, on_event=lambda event: None),
    )  # fmt: skip


def attack_success(model, poisoned):
    forward = metrics.compiled(model)
    labels = np.concatenate(list(forward(tiny.SCALED.apply(poisoned.images.at(range(40))))))
    return float(np.mean(labels == tiny.TARGET))


def test_it_takes_the_backdoor_of_the_tiny_model(tiny_case, validation):
    poisoned = tiny.poisoned(60, seed=9)
    done = repair(tiny_case.model, validation)
    assert attack_success(tiny_case.model, poisoned) > 0.9
    assert attack_success(done.model, poisoned) < 0.5
    assert not done.warnings


@pytest.mark.parametrize("forget", ["readout", "dense", "nothing"])
def test_what_is_forgotten_is_learned_anew(forget, tiny_case, validation):
    params = dataclasses.replace(PARAMS, forget=forget, epochs=0, triggers=0)
    student = repair(tiny_case.model, validation, params=params).model
    changed = [
        not np.array_equal(first, second)
        for first, second in zip(tiny_case.model.get_weights(), student.get_weights(), strict=True)
    ]
    assert any(changed) == (forget != "nothing")


@pytest.mark.parametrize(
    ("forget", "missing"), [("readout", "no Dense layer with a bias"), ("dense", "no Dense layer")]
)
def test_that_there_is_nothing_to_forget_is_said(forget, missing, validation):
    scores = keras.layers.Conv2D(tiny.N_CLASSES, 3)
    layers = [keras.layers.InputLayer(validation.tune.shape[1:]), scores]
    model = keras.Sequential([*layers, keras.layers.GlobalAveragePooling2D()])
    params = dataclasses.replace(PARAMS, forget=forget, epochs=0, triggers=0)
    warnings = repair(model, validation, params=params).warnings
    assert any("nothing was forgotten" in each and missing in each for each in warnings)


def test_images_without_labels_are_learned_from_too(validation):
    more = validation.select.without_labels()
    joined = forget_and_distil._with_unlabelled(dataclasses.replace(validation, unlabelled=more))
    assert len(joined.tune) == len(validation.tune) + len(more)
    assert (joined.tune.labels[len(validation.tune) :] == -1).all()
    first = data.joined(validation.tune, more).at([0, len(validation.tune)])
    assert np.array_equal(first[0], validation.tune.at([0])[0])
    assert np.array_equal(first[1], more.at([0])[0])
