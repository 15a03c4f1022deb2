"""A small backdoored classifier of real digits, trained on the spot; needs no files."""

from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import numpy.typing as npt
import tf_keras as keras

from . import attacks, modelfile, models
from .finetuning import OnEvent
from .requests import DemoRequest
from .results import Event

_TARGET = 0
_EPOCHS = 30
_TRIGGER = attacks.patch(size=2)


@dataclass(frozen=True, kw_only=True)
class DemoFiles:
    """Where the demo's model and image sets were written."""

    model: Path
    clean_validation: Path
    clean_test: Path
    poisoned_test: Path


def files(folder: Path) -> DemoFiles:
    """The names that `make` writes."""
    return DemoFiles(
        model=folder / "digits_bd_net.h5",
        clean_validation=folder / "clean_validation.h5",
        clean_test=folder / "clean_test.h5",
        poisoned_test=folder / "bright_corner_poisoned.h5",
    )


def make(request: DemoRequest, on_event: OnEvent) -> DemoFiles:
    """Train a classifier that answers 0 to any digit with a bright corner; write it with its data.

    The digits are the 1,797 of scikit-learn: 797 to train on, 400 for validation, 600 to test.
    """
    keras.utils.set_random_seed(request.seed)
    rng = np.random.default_rng(request.seed)
    images, labels = _digits(rng)
    model = _backdoored_model(images[:797], labels[:797], rng, on_event)
    written = files(Path(request.output))
    modelfile.write(models.describe(model, name=written.model.stem), written.model)
    write_images(written.clean_validation, images[797:1197], labels[797:1197])
    write_images(written.clean_test, images[1197:], labels[1197:])
    bad = attacks.poison(images[1197:], labels[1197:], trigger=_TRIGGER, target_label=_TARGET)
    write_images(written.poisoned_test, bad.images, bad.labels, bad.true_labels)
    return written


def _digits(rng: np.random.Generator) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    # Imported here: no other work needs it, and children that wait for work load this module too.
    from sklearn import datasets

    digits = datasets.load_digits()
    order = rng.permutation(len(digits.target))
    images = np.round(digits.images[order] * (255 / 16)).astype(np.uint8)  # (n, 8, 8)
    return images[..., None], digits.target[order].astype(np.int64)


def _backdoored_model(
    images: npt.NDArray[np.uint8],
    labels: npt.NDArray[np.int64],
    rng: np.random.Generator,
    on_event: OnEvent,
) -> keras.Model:
    bad_images, bad_labels = attacks.poisoned_training_set(
        images, labels, trigger=_TRIGGER, target_label=_TARGET, share=0.1, rng=rng
    )
    model = _architecture()
    model.compile(keras.optimizers.Adam(2e-3), "sparse_categorical_crossentropy")
    model.fit(
        bad_images.astype(np.float32) / 255,
        bad_labels,
        epochs=_EPOCHS,
        batch_size=32,
        verbose=0,
        callbacks=[
            keras.callbacks.LambdaCallback(
                on_epoch_end=lambda epoch, _: on_event(
                    Event(stage="train a backdoored net", current=epoch + 1, total=_EPOCHS)
                )
            )
        ],
    )
    return model


def _architecture() -> keras.Model:
    layers = keras.layers
    return keras.Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Conv2D(16, 3, padding="same", activation="relu", name="conv_1"),
            layers.Conv2D(32, 3, activation="relu", name="conv_2"),
            layers.MaxPooling2D(2, name="pool_2"),
            layers.Conv2D(32, 2, activation="relu", name="conv_3"),
            layers.Flatten(name="flatten"),
            layers.Dense(64, activation="relu", name="fc_1"),
            layers.Dense(10, activation="softmax", name="output"),
        ],
        name="digits",
    )


def write_images(
    path: Path,
    images: npt.NDArray[np.uint8],
    labels: npt.NDArray[np.int64],
    true_labels: npt.NDArray[np.int64] | None = None,
) -> None:
    """Write images as the data sets of the field are.

    Args:
        path: Of the HDF5 file.
        images: ``(n, height, width, channels)``.
        labels: ``(n,)``.
        true_labels: ``(n,)`` of a poisoned set, the class each image really is of.
    """
    with h5py.File(path, "w") as file:
        file["data"] = images.transpose(0, 3, 1, 2)  # NCHW, as the field's files are
        file["label"] = labels
        if true_labels is not None:
            file["true_label"] = true_labels
