import pytest

from core.modelfile import options

INITIALIZER = {"class_name": "GlorotUniform", "config": {"seed": None}}
KERAS = {"module": "keras.initializers", "registered_name": None}

ACCEPTED = [
    (options.FLAG, True),
    (options.OFF, False),
    (options.NUMBER, 1),
    (options.NUMBER, -0.5),
    (options.NUMBERS, [1, 2.5]),
    (options.whole(1, 3), 3),
    (options.number(0), 7.5),
    (options.number(0, 1), 1),
    (options.RATE, 0),
    (options.row(-1, 3), [3, -1]),
    (options.sizes(1, 3), 2),
    (options.sizes(1, 3), [[1, 2], [3, 3]]),
    (options.one_of("valid", "same"), "same"),
    (options.ACTIVATION, "relu"),
    (options.ACTIVATION, {"class_name": "function", "config": "gelu", "module": "builtins"}),
    (options.INITIALIZER, "he_normal"),
    (options.INITIALIZER, INITIALIZER),
    (options.INITIALIZER, {**INITIALIZER, **KERAS}),
    (options.INITIALIZER, {**INITIALIZER, "registered_name": "GlorotUniform"}),
    (options.REGULARIZER, {"class_name": "L2", "config": {"l2": 0.01}}),
    (options.NOISE_SHAPE, [None, 1, 1, 4]),
    (options.NOTHING, None),
]
REFUSED = [
    (options.FLAG, 1),
    (options.OFF, True),
    (options.NUMBER, True),
    (options.NUMBER, "1"),
    (options.NUMBER, 1e300),
    (options.NUMBERS, []),
    (options.NUMBERS, [[0] * 5000]),
    (options.whole(1, 3), 4),
    (options.number(0), -1e-9),
    (options.number(0), "1"),
    (options.number(0, 1), 2),
    (options.RATE, 1.0),
    (options.RATE, -0.5),
    (options.row(-1, 3), 3),
    (options.row(-1, 3), [[3]]),
    (options.row(-1, 3), []),
    (options.whole(1, 3), 1.0),
    (options.sizes(1, 3), [0]),
    (options.sizes(1, 3), [[[1]]]),
    (options.one_of("valid"), ["valid"]),
    (options.ACTIVATION, "os.system"),
    (options.ACTIVATION, ["relu"]),
    (options.ACTIVATION, {"class_name": "function", "config": "relu", "module": "os"}),
    (options.ACTIVATION, {"class_name": "ReLU", "config": {}}),
    (options.INITIALIZER, "mine"),
    (options.INITIALIZER, {"class_name": "Mine", "config": {}}),
    (options.INITIALIZER, {**INITIALIZER, "module": "my.module"}),
    (options.INITIALIZER, {**INITIALIZER, "module": "keras; import os"}),
    (options.INITIALIZER, {**INITIALIZER, "registered_name": "my>Thing"}),
    (options.INITIALIZER, {**INITIALIZER, "config": {"value": {"class_name": "Lambda"}}}),
    (options.REGULARIZER, {"class_name": "L2", "config": {"l2": {"class_name": "Lambda"}}}),
    (options.INITIALIZER, {"class_name": ["Zeros"], "config": {}}),
    (options.REGULARIZER, {"class_name": {}, "config": {}}),
    (options.REGULARIZER, "l2"),
    (options.NOISE_SHAPE, [0]),
    (options.NOISE_SHAPE, []),
    (options.NOISE_SHAPE, 3),
    (options.NOTHING, {"class_name": "MaxNorm"}),
]


@pytest.mark.parametrize(("option", "value"), ACCEPTED)
def test_what_keras_writes_is_accepted(option, value):
    assert option.accepts(value)


@pytest.mark.parametrize(("option", "value"), REFUSED)
def test_anything_else_is_refused(option, value):
    assert not option.accepts(value)


def test_arguments_are_plain_and_cannot_change():
    assert options.sizes(1, 3).argument([[1, 2], [3, 3]]) == ((1, 2), (3, 3))
    assert options.ACTIVATION.argument({"class_name": "function", "config": "gelu"}) == "gelu"
    l2 = {"class_name": "L2", "config": {"l2": 1}}
    assert options.REGULARIZER.argument(l2) == {"l1": 0.0, "l2": 1.0}
