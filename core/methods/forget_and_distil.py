"""Forget and distil: the head is learned anew from what the model says of clean images.

The backdoor sits where the features of a trigger are turned into an answer. That part is
forgotten, and learned again from the answers of the backdoored model to clean images, while the
student sees the same images with foreign pieces and with triggers that were found by search.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import tf_keras as keras

from .. import corruptions, data, finetuning, inversion, models, network
from ..catalogue import ForgetAndDistil
from ..metrics import FloatArray
from . import banks, base, distilling, readouts, stamping
from .banks import Bank

#: Share of the images that carry a trigger of a class that only ranks high, of those that carry
#: one of a suspected class.
_RANKED_SHARE = 0.5


def repair(
    model: keras.Model,
    validation: base.Validation,
    *,
    params: ForgetAndDistil,
    max_accuracy_drop: float,
    execution: base.Execution,
) -> base.Repair:
    """A copy of the model whose head was forgotten and learned anew.

    Args:
        model: Stays as it is; it is the teacher.
        validation: Clean images, split. Those without labels are learned from as well.
        params: What is forgotten, what the student sees, and the training.
        max_accuracy_drop: Budget in absolute points of select accuracy, as a fraction.
        execution: Seed and listener.

    Raises:
        InvalidParams: ``params.labels`` names a class that the model does not have.
    """
    return repaired(
        model,
        validation,
        banks.of_labels(model, validation, params=params, execution=execution),
        params=params,
        max_accuracy_drop=max_accuracy_drop,
        execution=execution,
    )


def repaired(
    model: keras.Model,
    validation: base.Validation,
    bank: Bank,
    *,
    params: ForgetAndDistil,
    max_accuracy_drop: float,
    execution: base.Execution,
) -> base.Repair:
    """As `repair`, with triggers that are known already."""
    before = base.select_accuracy(model, validation)
    student = _forgetful(model, validation, bank, params=params, seed=execution.seed)
    tuned = finetuning.fine_tune(
        student,
        _with_unlabelled(validation),
        params=params,
        lowest_accuracy=before - max_accuracy_drop,
        execution=execution,
        make_step=distilling.distilling_step(
            model,
            _corruption(validation, bank, params, execution.seed),
            params=params,
            seed=execution.seed,
        ),
    )
    done = base.of_last_epoch(tuned, validation, before=before, max_accuracy_drop=max_accuracy_drop)
    return bank.suspected.told(replace(done, warnings=(*_kept(model, params), *done.warnings)))


def _forgetful(
    model: keras.Model,
    validation: base.Validation,
    bank: Bank,
    *,
    params: ForgetAndDistil,
    seed: int,
) -> keras.Model:
    """The student before its first step."""
    readout = readouts.of_model(model)
    if params.forget == "readout" and readout:
        anew = readouts.relearned(
            readout,
            validation,
            bank.triggers,
            labels=range(len(readout.bias)),
            fit=readouts.Fit(ridge=params.ridge),
            seed=seed,
        )
        return anew.put_into(model)
    if params.forget == "dense":
        return _without_dense(model, seed)
    return models.copy(model)


def _kept(model: keras.Model, params: ForgetAndDistil) -> tuple[str, ...]:
    """A warning where the model has nothing of what was to be forgotten."""
    if params.forget == "readout" and readouts.of_model(model) is None:
        missing = "the last layer is no Dense layer with a bias"
    elif params.forget == "dense" and not _dense(model):
        missing = "the model has no Dense layer"
    else:
        return ()
    return (f"nothing was forgotten before the model was distilled: {missing}",)


def _dense(model: keras.Model) -> list[keras.layers.Dense]:
    return [each for each in network.layers(model) if isinstance(each, keras.layers.Dense)]


def _without_dense(model: keras.Model, seed: int) -> keras.Model:
    """A copy with new weights in its Dense layers but the last, or in that if it has no other."""
    copied = models.copy(model)
    dense = _dense(copied)
    for number, layer in enumerate(dense[:-1] or dense):
        kernel, *bias = layer.get_weights()
        fresh = keras.initializers.GlorotUniform(seed=seed + number)(kernel.shape).numpy()
        layer.set_weights([fresh, *(np.zeros_like(each) for each in bias)])
    return copied


def _with_unlabelled(validation: base.Validation) -> base.Validation:
    """The same, with the images without labels among those to tune on."""
    if validation.unlabelled is None:
        return validation
    tune = data.joined(validation.tune, validation.unlabelled.without_labels())
    return base.Validation(
        tune=tune, select=validation.select, preprocessing=validation.preprocessing
    )


def _corruption(
    validation: base.Validation,
    bank: Bank,
    params: ForgetAndDistil,
    seed: int,
) -> Callable[[FloatArray], FloatArray]:
    others = inversion.scaled(validation.tune, validation.preprocessing).images
    rng = np.random.default_rng(seed + 1)
    first, rest = bank.first, bank.others

    def corrupt(images: FloatArray) -> FloatArray:
        changed = corruptions.corrupted(images, others, rng, family=params.corruption)
        changed = stamping.stamped(changed, first, share=params.share, rng=rng)
        return stamping.stamped(changed, rest, share=_RANKED_SHARE * params.share, rng=rng)

    return corrupt
