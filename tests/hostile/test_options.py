"""Whatever the options of a layer are: they are refused in their place, or Keras computes them."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import errors, modelfile, models
from core.modelfile import allowlist, json_text
from tests.unit.core.modelfile.files import entry, graph, image

SHAPES = [(6, 5, 3), (30, 3), (90,)]

PLAIN = st.sampled_from([1, 2, 3, 4, 0, -1, 1.0])
SIDE = st.sampled_from([1, 1, 2, 3, 0, 7])
WINDOW = st.one_of(SIDE, st.lists(SIDE, min_size=2, max_size=2), st.lists(SIDE, max_size=3))
NUMBER = st.sampled_from([0, 0.5, 1, 1.0, 2, 0.001, -0.001, -3, 1e-300, 1e15, -1e15, None])
NUMBERS = st.recursive(NUMBER, lambda inner: st.lists(inner, max_size=3), max_leaves=6)
AXIS = st.integers(-5, 5)
FLAG = st.sampled_from([True, False, None, 1])
PENALTY = st.sampled_from([None, {"class_name": "L2", "config": {"l2": 0.1}}])
#: Option to values of which Keras takes some; options of one name share them.
VALUES = {
    **dict.fromkeys(("filters", "units", "groups", "depth_multiplier"), PLAIN),
    **dict.fromkeys(("kernel_size", "strides", "dilation_rate", "pool_size", "size"), WINDOW),
    **dict.fromkeys(("rate", "stddev", "alpha", "max_value", "negative_slope"), NUMBER),
    **dict.fromkeys(("threshold", "momentum", "epsilon"), NUMBER),
    **dict.fromkeys(("mean", "variance", "offset"), NUMBERS),
    **dict.fromkeys(("use_bias", "center", "keepdims", "invert", "normalize"), FLAG),
    **dict.fromkeys(("axis", "axes"), AXIS | st.lists(AXIS, max_size=3) | st.none()),
    "scale": NUMBERS | FLAG,
    "padding": st.sampled_from(["valid", "same"]) | WINDOW | st.lists(WINDOW, max_size=2),
    "activation": st.sampled_from([*sorted(modelfile.options.ACTIVATIONS), "prelu"]),
    "target_shape": st.sampled_from([[-1], [90], [6, -1], [15, 6], [0, -1], [-1, -1], 90, [[90]]]),
    "noise_shape": st.lists(st.sampled_from([None, None, 1, 1, 3, 5, 6]), max_size=4) | st.none(),
    "interpolation": st.sampled_from(["nearest", "bilinear"]),
    "data_format": st.just("channels_last"),
    "seed": st.sampled_from([0, -1, 1 << 32, 1.5]),
}
#: Without these there is nothing to look at.
ALWAYS = {"filters", "kernel_size", "units", "rate", "stddev", "target_shape", "axes"}


def drawn_options(kind):
    known = {name: VALUES.get(name, PENALTY) for name in allowlist.LAYERS[kind]}
    always = {name: values for name, values in known.items() if name in ALWAYS}
    others = {name: values for name, values in known.items() if name not in always}
    return st.fixed_dictionaries(always, optional=others)


LAYER = st.sampled_from(sorted(allowlist.LAYERS)).flatmap(
    lambda kind: st.tuples(st.just(kind), drawn_options(kind))
)


def network(kind, options, *, shape=SHAPES[0], n_inputs=1):
    """image → another shape → the layer, called on so many of it → flat → scores."""
    layer = entry(kind, "own", *["shaped"] * n_inputs, **options)
    reshaped = entry("Reshape", "shaped", "image", target_shape=list(shape))
    end = entry("Flatten", "flat", "own"), entry("Dense", "scores", "flat", units=2)
    return graph(image(SHAPES[0]), reshaped, layer, *end)


def taken(config):
    """What ingest makes of the configuration, with weights as Keras would begin with."""
    parsed = json_text.parse(json.dumps(config), place="model_config")
    described = modelfile.architecture(parsed, keras_version="2.15.0")
    draft = modelfile.ModelFile(
        name="net", sha256="", container="h5", keras_version=None, architecture=described,
        weights={},
    )  # fmt: skip
    weights = {
        layer: [np.ones(variable.shape, variable.dtype) for variable in own]
        for layer, own in draft.variables.items()
    }
    return modelfile.from_config(parsed, weights, name="net", keras_version="2.15.0")


@settings(max_examples=200, deadline=None)
@given(LAYER, st.sampled_from(SHAPES), st.sampled_from([1, 1, 2]))
def test_options_are_refused_in_their_place_or_computed(layer, shape, n_inputs):
    try:
        file = taken(network(*layer, shape=shape, n_inputs=n_inputs))
    except errors.InvalidInput as refused:
        assert refused.details["place"] == "own"
        return
    model = models.build(file)
    images = np.full((2, *SHAPES[0]), 0.5, "float32")
    assert model(images).shape == model(images, training=True).shape == (2, 2)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("Dropout", {"rate": 2}),
        ("Dropout", {"rate": 1.0}),
        ("Dropout", {"rate": 0.5, "noise_shape": [None, 2]}),
        ("SpatialDropout2D", {"rate": -0.1}),
        ("GaussianNoise", {"stddev": -1.0}),
        ("Rescaling", {"scale": [1.0, 2.0]}),
        ("Rescaling", {"scale": 1.0, "offset": [[1.0], [1.0, 2.0]]}),
        ("Normalization", {"mean": [0.5, 0.5], "variance": 1.0}),
        ("Normalization", {"mean": 0.5}),
        ("Normalization", {"axis": [3, -1]}),
        ("BatchNormalization", {"axis": 4}),
        ("BatchNormalization", {"epsilon": -1.0}),
        ("BatchNormalization", {"momentum": 1.5}),
        ("Conv2D", {"filters": 2, "kernel_size": 3, "strides": 0}),
        ("Conv2D", {"filters": 2, "kernel_size": 3, "strides": 2, "dilation_rate": 2}),
        ("Conv2D", {"filters": 3, "kernel_size": 3, "groups": 2}),
        ("Conv2D", {"filters": 2, "kernel_size": 3, "padding": "causal"}),
        ("Conv2D", {"filters": 2, "kernel_size": 3, "activation": "hard_silu"}),
        ("MaxPooling2D", {"pool_size": 0}),
        ("ZeroPadding2D", {"padding": [[1, 2], [3]]}),
        ("Dense", {"units": -1}),
        ("ReLU", {"max_value": -1.0}),
        ("Softmax", {"axis": 4}),
        ("Softmax", {"axis": 0}),
        ("Reshape", {"target_shape": 90}),
    ],
)
def test_what_keras_could_not_compute_is_refused_in_its_place(kind, options):
    with pytest.raises(errors.InvalidInput) as refused:
        taken(network(kind, options))
    assert refused.value.details["place"] == "own"


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("Dropout", {"rate": 0, "noise_shape": [None, 1, 1, 3]}),
        ("Rescaling", {"scale": [1.0, 2.0, 3.0], "offset": [[[1.0]]]}),
        ("Normalization", {"mean": [[[[0.5, 0.5, 0.5]]]], "variance": 1.0}),
        ("Conv2D", {"filters": 6, "kernel_size": [2, 3], "groups": 3, "dilation_rate": 2}),
        ("DepthwiseConv2D", {"kernel_size": 2, "strides": [1, 2]}),
        ("ReLU", {"max_value": 6.0, "negative_slope": 0.1, "threshold": 0}),
        ("Softmax", {"axis": 1}),
    ],
)
def test_what_keras_computes_is_taken(kind, options):
    model = models.build(taken(network(kind, options)))
    assert model(np.ones((2, *SHAPES[0]), "float32"), training=True).shape == (2, 2)
