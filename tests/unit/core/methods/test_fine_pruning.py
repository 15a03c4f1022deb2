import pytest

from core import catalogue, errors, methods
from core.pruning import Channel, silence_channels
from core.results import Event


def repair(tiny_case, validation, *, budget=0.04, on_event=lambda event: None, **params):
    chosen = catalogue.FinePruning(**{"epochs": 2, "flip": False, **params})
    return methods.METHODS["fine-pruning"](
        tiny_case.model, validation, params=chosen,
        max_accuracy_drop=budget, execution=methods.Execution(seed=0, on_event=on_event),
    )  # fmt: skip


def test_the_pruned_channels_are_still_silent_after_fine_tuning(tiny_case, validation):
    done = repair(tiny_case, validation)
    channels = [Channel("conv_3", index) for index in done.selection.channels["conv_3"]]
    kernel, bias = done.model.get_layer("conv_3").get_weights()
    indices = [channel.index for channel in channels]
    assert indices
    assert (kernel[..., indices] == 0).all() and (bias[indices] == 0).all()


def test_a_larger_budget_prunes_at_least_as_deep(tiny_case, validation):
    shallow, deep = (repair(tiny_case, validation, budget=drop) for drop in (0.0, 0.3))
    count = [len(done.selection.channels.get("conv_3", ())) for done in (shallow, deep)]
    assert count[0] <= count[1]


def test_the_whole_curve_is_reported_with_every_channel_of_the_layers(tiny_case, validation):
    done = repair(tiny_case, validation, layers="last-2", order="apoz")
    assert [step.channels_pruned for step in done.pruning_curve] == list(range(25))


def test_the_curve_is_that_of_pruning_alone(tiny_case, validation):
    done = repair(tiny_case, validation, epochs=0)
    channels = [
        Channel(layer, index)
        for layer, indices in done.selection.channels.items()
        for index in indices
    ]
    pruned = silence_channels(tiny_case.model, channels)
    for first, second in zip(pruned.get_weights(), done.model.get_weights(), strict=True):
        assert (first == second).all()


def test_progress_is_told(tiny_case, validation):
    events: list[Event] = []
    repair(tiny_case, validation, on_event=events.append)
    told = [event.stage for event in events]
    assert list(dict.fromkeys(told)) == ["prune", "finetune"]
    assert told.count("finetune") == 3
    assert events[0].current == events[0].total == len(validation.select)


def test_the_curve_is_told_before_the_training_begins(tiny_case, validation):
    events: list[Event] = []
    done = repair(tiny_case, validation, on_event=events.append)
    told = [event.metric for event in events if event.stage == "prune" and event.metric]
    assert told == [
        {"channels_pruned": step.channels_pruned, "select_accuracy": step.select_accuracy}
        for step in done.pruning_curve
    ]


def test_an_unknown_layer_is_refused(tiny_case, validation):
    with pytest.raises(errors.UnknownLayer):
        repair(tiny_case, validation, layers="conv_9")
