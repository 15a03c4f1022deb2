"""Architectures that come with netmend, for files that hold weights only."""

from collections.abc import Mapping

from .description import Architecture, Layer, TensorRef


def _deepid() -> Architecture:
    relu, linear = {"activation": "relu"}, {"activation": "linear"}
    return Architecture(
        name="deepid-1283",
        kind="Functional",
        input_shape=(55, 47, 3),
        inputs=(TensorRef("input"),),
        outputs=(TensorRef("output"),),
        layers=(
            Layer(kind="InputLayer", name="input", options={"shape": (55, 47, 3)}),
            _layer("Conv2D", "conv_1", "input", filters=20, kernel_size=(4, 4), **relu),
            _layer("MaxPooling2D", "pool_1", "conv_1", pool_size=(2, 2)),
            _layer("Conv2D", "conv_2", "pool_1", filters=40, kernel_size=(3, 3), **relu),
            _layer("MaxPooling2D", "pool_2", "conv_2", pool_size=(2, 2)),
            _layer("Conv2D", "conv_3", "pool_2", filters=60, kernel_size=(3, 3), **relu),
            _layer("MaxPooling2D", "pool_3", "conv_3", pool_size=(2, 2)),
            _layer("Conv2D", "conv_4", "pool_3", filters=80, kernel_size=(2, 2), **relu),
            _layer("Flatten", "flatten_1", "pool_3"),
            _layer("Flatten", "flatten_2", "conv_4"),
            _layer("Dense", "fc_1", "flatten_1", units=160, **linear),
            _layer("Dense", "fc_2", "flatten_2", units=160, **linear),
            _layer("Add", "add_1", "fc_1", "fc_2"),
            _layer("Activation", "activation_1", "add_1", **relu),
            _layer("Dense", "output", "activation_1", units=1283, activation="softmax"),
        ),
    )


def _layer(kind: str, name: str, *inputs: str, **options: object) -> Layer:
    call = tuple(TensorRef(item) for item in inputs)
    return Layer(kind=kind, name=name, options=options, calls=(call,))


#: The face recognition network of CSAW HackML 2020: Sun, Wang, Tang, "Deep Learning Face
#: Representation from Predicting 10,000 Classes", CVPR 2014, with 1283 people of YouTube Faces.
NAMED: Mapping[str, Architecture] = {"deepid-1283": _deepid()}
