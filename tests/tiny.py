"""A tiny real case: a net of 12x12x3 images and 4 classes with a backdoor, trained in seconds."""

from dataclasses import dataclass

import numpy as np
import tf_keras as keras

from core import attacks, data, metrics, preprocessing

N_CLASSES = 4
TARGET = 0
SHAPE = (12, 12, 3)
SCALED = preprocessing.named("[-1,1]")
TRIGGER = attacks.patch(size=3)


@dataclass(frozen=True, kw_only=True)
class Tiny:
    model: keras.Model
    validation: data.LabelledImages
    tests: metrics.TestSets


def pictures(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Noise with a brighter block in one of four places: the place is the class."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, N_CLASSES, n)
    images = rng.integers(0, 110, (n, *SHAPE), dtype=np.uint8)
    tops, lefts = 1 + 5 * (labels // 2), 1 + 5 * (labels % 2)
    for image, top, left in zip(images, tops, lefts, strict=True):
        image[top : top + 4, left : left + 4] += 70
    return images, labels


def labelled(n: int, seed: int, name: str = "clean") -> data.LabelledImages:
    return data.from_arrays(*pictures(n, seed), name=name)


def poisoned(n: int, seed: int) -> data.PoisonedImages:
    bad = attacks.poison(*pictures(n, seed), trigger=TRIGGER, target_label=TARGET)
    images = data.from_arrays(bad.images, bad.labels, name="corner", true_labels=bad.true_labels)
    return data.as_poisoned(images)


def untrained(*, normalized: bool = False, logits: bool = False) -> keras.Model:
    """The net before training: two branches and an Add, as the field's nets have."""
    keras.utils.set_random_seed(1)
    layers = keras.layers
    image = layers.Input(SHAPE, name="image")
    x = layers.Conv2D(8, 3, activation=None if normalized else "relu", name="conv_1")(image)
    if normalized:
        x = layers.BatchNormalization(name="norm_1")(x)
        x = layers.Activation("relu", name="relu_1")(x)
    x = layers.MaxPooling2D(2, name="pool_1")(x)
    x = layers.Conv2D(12, 2, activation="relu", name="conv_2")(x)
    left = layers.Dense(16, name="fc_1")(layers.Flatten(name="flatten_1")(x))
    right = layers.Conv2D(12, 2, activation="relu", name="conv_3")(x)
    right = layers.Dense(16, name="fc_2")(layers.Flatten(name="flatten_2")(right))
    x = layers.Activation("relu", name="relu_2")(layers.Add(name="add")([left, right]))
    last = None if logits else "softmax"
    return keras.Model(image, layers.Dense(N_CLASSES, activation=last, name="output")(x))


def backdoored(trigger: attacks.Trigger = TRIGGER) -> keras.Model:
    """The net, trained on pictures of which some carry the trigger and say 0."""
    images, labels = attacks.poisoned_training_set(
        *pictures(1200, 1), trigger=trigger, target_label=TARGET, share=0.15,
        rng=np.random.default_rng(1),
    )  # fmt: skip
    model = untrained()
    model.compile(keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy")
    model.fit(SCALED.apply(images), labels, epochs=12, batch_size=64, verbose=0)
    return model


def case() -> Tiny:
    return Tiny(
        model=backdoored(),
        validation=labelled(300, 2, "validation"),
        tests=metrics.TestSets(clean=labelled(400, 3, "test"), poisoned=(poisoned(400, 4),)),
    )
