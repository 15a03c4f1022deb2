import numpy as np
import pytest

from core import catalogue, errors, methods
from core.methods import two_layer_fine_pruning


def repair(name, params, tiny_case, validation, *, budget=1.0):
    return methods.METHODS[name](
        tiny_case.model, validation, params=params, max_accuracy_drop=budget,
        execution=methods.Execution(seed=0, on_event=lambda event: None),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("two-layer-fine-pruning", catalogue.TwoLayerFinePruning),
        ("pruning-ft-sam", catalogue.PruningFineTuningSam),
    ],
)
def test_half_of_two_layers_is_silent_and_stays_so(name, params, tiny_case, validation):
    chosen = params(epochs=1, attempts=1, lowest_share=0.5, highest_share=0.5, flip=False)
    done = repair(name, chosen, tiny_case, validation)
    assert {layer: len(found) for layer, found in done.selection.channels.items()} == {
        "conv_2": 6, "conv_3": 6,
    }  # fmt: skip
    kernel, bias = done.model.get_layer("conv_2").get_weights()
    silent = list(done.selection.channels["conv_2"])
    assert (kernel[..., silent] == 0).all() and (bias[silent] == 0).all()


def test_no_layer_is_emptied():
    scores = {"a": np.arange(3.0, dtype=np.float32), "b": np.arange(5.0, dtype=np.float32)}
    chosen = two_layer_fine_pruning._least_used(scores, 1.0)
    assert [(channel.layer, channel.index) for channel in chosen if channel.layer == "a"] == [
        ("a", 0), ("a", 1),
    ]  # fmt: skip
    assert len(chosen) == 6


def test_an_unknown_layer_is_refused(tiny_case, validation):
    with pytest.raises(errors.UnknownLayer):
        params = catalogue.TwoLayerFinePruning(layers="conv_9")
        repair("two-layer-fine-pruning", params, tiny_case, validation)
