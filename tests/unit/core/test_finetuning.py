import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from core import catalogue, errors, finetuning, metrics, pipeline, pruning
from core.finetuning import Execution, Validation
from core.pruning import Channel
from core.results import Event, TrainingEpoch
from tests import tiny

#: The class of a tiny picture is a place, so it must not be mirrored.
PARAMS = catalogue.FineTuning(epochs=2, batch_size=50, flip=False, shift=1)
VALIDATION = Validation(
    tune=tiny.labelled(150, 7), select=tiny.labelled(60, 8), preprocessing=tiny.SCALED
)


def tune(model, params=PARAMS, *, lowest=0.0, seed=0, events=None, make_step=finetuning.plain_step):
    listener = (events if events is not None else []).append
    return finetuning.fine_tune(
        model, VALIDATION, params=params, lowest_accuracy=lowest,
        execution=Execution(seed=seed, on_event=listener), make_step=make_step,
    )  # fmt: skip


def point(epoch, accuracy):
    return TrainingEpoch(epoch=epoch, loss=None, select_accuracy=accuracy, learning_rate=None)


def test_the_last_epoch_that_is_accurate_enough_is_kept():
    curve = [point(0, 0.9), point(1, 0.95), point(2, 0.87), point(3, 0.8)]
    assert finetuning.kept_epoch(curve, 0.86) == 2


def test_where_none_is_accurate_enough_the_most_accurate_is_kept():
    curve = [point(0, 0.5), point(1, 0.7), point(2, 0.6)]
    assert finetuning.kept_epoch(curve, 0.86) == 1


def test_training_makes_an_untrained_net_better():
    tuned = tune(tiny.untrained(), dataclasses.replace(PARAMS, epochs=15, learning_rate=3e-3))
    accuracies = [epoch.select_accuracy for epoch in tuned.curve]
    assert accuracies[-1] > accuracies[0] + 0.2
    assert tuned.curve[-1].loss < tuned.curve[1].loss


def test_the_model_handed_in_is_unchanged():
    model = tiny.untrained()
    before = model.get_weights()
    tune(model)
    for first, second in zip(before, model.get_weights(), strict=True):
        assert np.array_equal(first, second)


def test_the_same_seed_gives_the_same_weights():
    pipeline.make_repeatable(0)
    first, second, other = (tune(tiny.untrained(), seed=seed).model for seed in (3, 3, 4))
    pairs = zip(first.get_weights(), second.get_weights(), other.get_weights(), strict=True)
    pairs = list(pairs)
    same = [np.array_equal(one, two) for one, two, _ in pairs]
    different = [not np.array_equal(one, other) for one, _, other in pairs]
    assert all(same) and any(different)


def test_masked_channels_stay_silent_while_the_others_learn():
    channels = [Channel("conv_1", 0), Channel("conv_1", 5)]
    model = pruning.silence_channels(tiny.untrained(normalized=True), channels)
    tuned = tune(model, make_step=finetuning.masked(pruning.masks(model, channels))).model
    for position, mask in pruning.masks(tuned, channels).items():
        weight = tuned.get_weights()[position]
        assert (weight[mask == 0] == 0).all()
    assert not np.array_equal(tuned.get_weights()[0], model.get_weights()[0])


def test_the_kept_weights_are_those_of_the_kept_epoch():
    tuned = tune(tiny.untrained(), dataclasses.replace(PARAMS, epochs=4), lowest=2.0)
    accuracy = metrics.accuracy(metrics.compiled(tuned.model), VALIDATION.select, tiny.SCALED)
    assert accuracy == pytest.approx(tuned.curve[tuned.epoch].select_accuracy)


def test_no_epoch_is_no_change():
    model = tiny.untrained()
    tuned = tune(model, dataclasses.replace(PARAMS, epochs=0))
    assert tuned.epoch == 0 and len(tuned.curve) == 1
    assert np.array_equal(tuned.model.get_weights()[0], model.get_weights()[0])


def test_a_loss_that_is_no_number_stops_the_training():
    wild = dataclasses.replace(PARAMS, optimizer="sgd", learning_rate=10.0, clip_norm=0.0)
    with pytest.raises(errors.TrainingDiverged, match="lower learning_rate"):
        tune(tiny.untrained(logits=True), dataclasses.replace(wild, epochs=30))


def test_each_epoch_is_told():
    events = []
    tune(tiny.untrained(), events=events)
    assert [(event.stage, event.current, event.total) for event in events] == [
        ("finetune", 0, 2), ("finetune", 1, 2), ("finetune", 2, 2),
    ]  # fmt: skip


def test_the_learning_rate_falls_along_the_cosine():
    curve = tune(tiny.untrained(), dataclasses.replace(PARAMS, epochs=4)).curve
    rates = [epoch.learning_rate for epoch in curve[1:]]
    assert rates == sorted(rates, reverse=True)
    last_step = 11 / 12  # of four epochs of three steps
    share = 0.01 + 0.99 * 0.5 * (1 + np.cos(np.pi * last_step))
    assert rates[-1] == pytest.approx(PARAMS.learning_rate * share, rel=1e-4)


def test_a_constant_schedule_does_not_fall():
    curve = tune(tiny.untrained(), dataclasses.replace(PARAMS, schedule="constant")).curve
    assert curve[-1].learning_rate == pytest.approx(PARAMS.learning_rate)


def test_a_pass_over_the_images_sees_each_once():
    rng = np.random.default_rng(0)
    labels = [labels for _, labels in finetuning.batches(VALIDATION, PARAMS, rng)]
    assert sorted(np.concatenate(labels)) == sorted(VALIDATION.tune.labels)


def test_events_of_a_part_count_on_where_the_last_part_ended():
    events = []
    part = Execution(seed=3, on_event=events.append).part(1, 3)
    part.on_event(Event(stage="finetune", current=2, total=5))
    part.on_event(Event(stage="finetune", message="smaller batches"))
    assert part.seed == 3
    assert [(event.current, event.total) for event in events] == [(7, 15), (None, None)]


@pytest.mark.parametrize("logits", [True, False])
def test_log_probabilities_are_the_same_of_a_softmax_and_of_logits(logits):
    images = tiny.SCALED.apply(tiny.pictures(5, 3)[0])
    model, other = tiny.untrained(logits=logits), tiny.untrained(logits=True)
    given = finetuning.log_probabilities(model, images, training=False).numpy()
    assert given == pytest.approx(tf.nn.log_softmax(other(images)).numpy(), abs=1e-5)


def test_a_saturated_softmax_still_has_a_gradient():
    model, images = tiny.untrained(), tiny.SCALED.apply(tiny.pictures(2, 3)[0])
    model.get_layer("output").bias.assign([200.0, 0, 0, 0])
    with tf.GradientTape() as tape:
        scores = finetuning.log_probabilities(model, images, training=False)
        loss = finetuning.cross_entropy(tf.constant([1, 1]), scores)
    assert np.abs(tape.gradient(loss, model.get_layer("output").bias)).max() > 0.5


def test_smoothing_gives_all_classes_some_of_the_label():
    scores = tf.math.log([[0.7, 0.2, 0.1], [0.5, 0.25, 0.25]])
    labels = tf.constant([0, 1])
    own = -(np.log(0.7) + np.log(0.25)) / 2
    spread = -(np.log([0.7, 0.2, 0.1]).mean() + np.log([0.5, 0.25, 0.25]).mean()) / 2
    assert float(finetuning.cross_entropy(labels, scores)) == pytest.approx(own)
    smooth = float(finetuning.cross_entropy(labels, scores, smoothing=0.3))
    assert smooth == pytest.approx(0.7 * own + 0.3 * spread)


@pytest.mark.parametrize(("lowest", "complete"), [(0.0, True), (2.0, False)])
def test_a_training_is_complete_where_its_end_is_accurate_enough(lowest, complete):
    assert tune(tiny.untrained(), lowest=lowest).is_complete == complete


def test_a_method_can_bring_a_step_of_its_own():
    seen = []

    def make_step(trainee):
        plain = finetuning.plain_step(trainee)
        return lambda images, labels: seen.append(len(images)) or plain(images, labels)

    tune(tiny.untrained(), make_step=make_step)
    assert seen == [50] * 6
