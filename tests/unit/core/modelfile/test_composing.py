import json

import numpy as np
import pytest

from core import errors, modelfile
from core.modelfile import TensorRef
from tests.unit.core.modelfile import files


def plain_arrays():
    return {layer: list(own.values()) for layer, own in files.arrays().items()}


def test_a_configuration_and_arrays_make_a_model():
    model = modelfile.from_config(files.config(), plain_arrays(), name="live")
    assert (model.name, model.container, model.n_classes) == ("live", "h5", 4)
    assert model.weights["conv"].names == ("conv/kernel:0", "conv/bias:0")


def test_the_arrays_are_copied():
    arrays = plain_arrays()
    model = modelfile.from_config(files.config(), arrays, name="live")
    arrays["conv"][0][:] = 7
    assert not (model.weights["conv"].arrays[0] == 7).any()


def test_its_hash_is_that_of_configuration_and_weights():
    one = modelfile.from_config(files.config(), plain_arrays(), name="a")
    same = modelfile.from_config(files.config(), plain_arrays(), name="b")
    other = {**plain_arrays(), "scores": [np.zeros((32, 4)), np.zeros(4)]}
    assert one.sha256 == same.sha256
    assert one.sha256 != modelfile.from_config(files.config(), other, name="a").sha256


def test_a_lambda_is_refused_in_a_live_model_too():
    config = files.config(extra=[files.entry("Lambda", "bad", "conv")])
    with pytest.raises(errors.UnsafeModel, match="'bad'"):
        modelfile.from_config(config, plain_arrays(), name="live")


def test_too_few_arrays_are_refused():
    arrays = {**plain_arrays(), "conv": [np.zeros((3, 3, 3, 2))]}
    with pytest.raises(errors.IncompatibleWeights, match="2 weight arrays, not 1"):
        modelfile.from_config(files.config(), arrays, name="live")


def test_layers_of_ours_go_through_the_same_checks():
    with pytest.raises(errors.UnsafeModel, match="Lambda"):
        modelfile.from_layers(
            name="bad",
            layers=[
                files.layer("InputLayer", "image", shape=files.SHAPE),
                files.layer("Lambda", "code", "image"),
            ],
            inputs=[TensorRef("image")],
            outputs=[TensorRef("code")],
            weights={},
            metadata={},
        )


def nested():
    inner = files.config()
    inner["config"]["name"] = "inner"
    call = {"inbound_nodes": [[["image", 0, 0, {}]]], "name": "inner"}
    config = files.graph(files.image(), {**inner, **call})
    arrays = {f"inner.{layer}": own for layer, own in plain_arrays().items()}
    return modelfile.from_config(config, arrays, name="nested")


def test_a_flattened_model_has_no_networks_in_it_and_a_prefix_everywhere():
    flat = modelfile.flattened(nested(), "bad_")
    names = [layer.name for layer in flat.architecture.layers]
    assert names == ["bad_image", "bad_inner.conv", "bad_inner.flat", "bad_inner.scores"]
    assert flat.weights["bad_inner.conv"].names[0] == "bad_inner.conv/kernel:0"
    assert flat.architecture.outputs == (TensorRef("bad_inner.scores"),)


def test_slashes_become_dots_for_keras_3():
    config = json.loads(json.dumps(files.config()).replace('"conv"', '"a/conv"'))
    arrays = plain_arrays()
    arrays["a/conv"] = arrays.pop("conv")
    flat = modelfile.flattened(modelfile.from_config(config, arrays, name="s"), "x_")
    assert list(flat.weights) == ["x_scores", "x_a.conv"]


def test_names_that_differ_only_by_slash_and_dot_are_refused():
    extra = [files.entry("ReLU", "a/b", "conv"), files.entry("ReLU", "a.b", "a/b")]
    model = modelfile.from_config(files.config(extra=extra), plain_arrays(), name="s")
    with pytest.raises(errors.NotAModel, match="differ only by"):
        modelfile.flattened(model, "x_")
