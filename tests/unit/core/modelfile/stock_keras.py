"""Run in a process of its own: what stock Keras writes, loads and predicts.

It imports nothing of ours.

python stock_keras.py (tf_keras|keras) make FOLDER
python stock_keras.py (tf_keras|keras) predict JOBS.json
"""

import importlib
import json
import os
import sys
import warnings
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
warnings.simplefilter("ignore")

import numpy as np  # noqa: E402 -- the environment comes first

KERAS = importlib.import_module(sys.argv[1])
LAYERS = KERAS.layers
IMAGE = (8, 8, 3)


def sequential():
    return KERAS.Sequential(
        [
            LAYERS.Input(IMAGE),
            LAYERS.Rescaling(1 / 255, offset=-0.5),
            LAYERS.Conv2D(4, 3, use_bias=False, kernel_regularizer="l2"),
            LAYERS.BatchNormalization(scale=False),
            LAYERS.ReLU(6.0),
            LAYERS.MaxPooling2D(),
            LAYERS.Dropout(0.2),
            LAYERS.Flatten(),
            LAYERS.Dense(5),
            LAYERS.Softmax(),
        ],
        name="plain",
    )


def two_branches():
    image = LAYERS.Input(IMAGE, name="image")
    slashed = "left/conv" if sys.argv[1] == "tf_keras" else "left_conv"  # Keras 3 takes no slash
    left = LAYERS.Conv2D(4, 3, strides=2, padding="same", activation="relu", name=slashed)(image)
    right = LAYERS.DepthwiseConv2D(3, depth_multiplier=2, padding="same")(image)
    right = LAYERS.SeparableConv2D(4, 3, strides=2, padding="same")(right)
    right = LAYERS.BatchNormalization()(LAYERS.LeakyReLU(0.1)(right))
    both = LAYERS.Concatenate()([left, right])
    both = LAYERS.ZeroPadding2D(((1, 0), (0, 2)))(LAYERS.UpSampling2D(2)(both))
    both = LAYERS.AveragePooling2D(3, strides=2)(LAYERS.GaussianNoise(0.1)(both))
    both = LAYERS.SpatialDropout2D(0.1)(LAYERS.ELU()(both))
    return KERAS.Model(image, scores(LAYERS.GlobalAveragePooling2D()(both)), name="two")


def merges():
    image = LAYERS.Input(IMAGE)
    left, right = LAYERS.Conv2D(2, 3)(image), LAYERS.Conv2D(2, 3, groups=1)(image)
    added = LAYERS.Subtract()([LAYERS.Add()([left, right]), LAYERS.Average()([left, right])])
    most = LAYERS.Maximum()([added, LAYERS.Minimum()([left, LAYERS.Multiply()([left, right])])])
    flat = LAYERS.Reshape((-1, 2))(most)
    flat = LAYERS.Flatten()(LAYERS.Dot(axes=(1, 1), normalize=True)([flat, flat]))
    return KERAS.Model(image, scores(flat), name="merges")


def shared_layer():
    image = LAYERS.Input(IMAGE)
    shared = LAYERS.Conv2D(3, 3, padding="same", activation="relu", name="shared")
    once = shared(image)
    both = LAYERS.Add()([shared(once), once])
    return KERAS.Model(image, scores(LAYERS.Flatten()(both)), name="sharing")


def nested():
    first = KERAS.Sequential(
        [LAYERS.Input(IMAGE), LAYERS.Conv2D(4, 3), LAYERS.BatchNormalization()], name="first"
    )
    inside = LAYERS.Input((6, 6, 4))
    frozen = LAYERS.Conv2D(4, 3, padding="same", trainable=False)(inside)
    frozen = LAYERS.BatchNormalization(trainable=False)(frozen)
    second = KERAS.Model(inside, LAYERS.Conv2D(4, 3, padding="same")(frozen), name="second")
    image = LAYERS.Input(IMAGE)
    twice = second(second(first(image)))
    return KERAS.Model(image, scores(LAYERS.Flatten()(twice)), name="outer")


def nested_in_sequential():
    inner = KERAS.Sequential(
        [LAYERS.Input(IMAGE), LAYERS.Conv2D(4, 3), LAYERS.BatchNormalization()], name="inner"
    )
    layers = [LAYERS.Input(IMAGE), inner, LAYERS.Flatten(), LAYERS.Dense(5, activation="softmax")]
    return KERAS.Sequential(layers, name="russian")


def normalized():
    image = LAYERS.Input(IMAGE)
    normalization = LAYERS.Normalization()
    normalization.adapt(np.random.default_rng(0).uniform(0, 9, (8, *IMAGE)).astype("float32"))
    return KERAS.Model(image, scores(LAYERS.Flatten()(normalization(image))), name="normal")


def scaled_by_operation():
    image = LAYERS.Input(IMAGE)
    return KERAS.Model(image, scores(LAYERS.Flatten()(image / 255.0 - 0.5)), name="operation")


def double_precision():
    image = LAYERS.Input(IMAGE, dtype="float64")
    x = LAYERS.Conv2D(4, 3, activation="relu", dtype="float64")(image)
    x = LAYERS.Flatten(dtype="float64")(LAYERS.BatchNormalization(dtype="float64")(x))
    return KERAS.Model(
        image, LAYERS.Dense(5, activation="softmax", dtype="float64")(x), name="double"
    )


def hard():
    image = LAYERS.Input(IMAGE)
    x = LAYERS.Activation("hard_sigmoid")(LAYERS.Conv2D(4, 3)(image))
    if sys.argv[1] == "keras":
        x = LAYERS.Activation("hard_silu")(LAYERS.Conv2D(4, 3)(x))
    return KERAS.Model(image, scores(LAYERS.Flatten()(x)), name="hard")


def scores(tensor):
    return LAYERS.Dense(5, activation="softmax", name="scores")(tensor)


MODELS = (
    sequential, two_branches, merges, shared_layer, nested, nested_in_sequential, normalized,
    scaled_by_operation, double_precision, hard,
)  # fmt: skip


def make(folder):
    """Every model, in every format, with weights that are not what they began as."""
    for build in MODELS:
        KERAS.utils.set_random_seed(7)
        model = build()
        rng = np.random.default_rng(1)
        for layer in model._flatten_layers(include_self=False):
            if not isinstance(layer, LAYERS.Normalization) and not hasattr(layer, "layers"):
                drawn = [rng.uniform(0.05, 0.5, w.shape) for w in layer.get_weights()]
                layer.set_weights(drawn)
        path = str(folder / build.__name__)
        model.save(path + ".h5")
        model.save(path + ".keras")
        model.save_weights(path + ".weights.h5")
        Path(path + ".json").write_text(model.to_json())


def predict(jobs):
    """For each job the answers, or the error, of a model that was loaded from a file."""
    return {name: _answer(**job) for name, job in jobs.items()}


def _answer(model, weights=None):
    try:
        loaded = KERAS.models.load_model(model, compile=False)
        if weights:
            loaded.set_weights([np.zeros_like(array) for array in loaded.get_weights()])
            loaded.load_weights(weights)
        shape = tuple(loaded.input_shape[1:])
        images = np.random.default_rng(0).uniform(0, 1, (4, *shape)).astype("float32")
        return loaded.predict(images, verbose=0).tolist()
    except Exception as error:  # noqa: BLE001 - the test looks at it
        return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    if sys.argv[2] == "make":
        make(Path(sys.argv[3]))
    else:
        answers = predict(json.loads(Path(sys.argv[3]).read_text()))
        Path(sys.argv[3]).write_text(json.dumps(answers))
