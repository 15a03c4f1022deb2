"""Nets that nobody put a backdoor into, trained on the spot: what a diagnosis must not suspect."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import numpy.typing as npt
import tf_keras as keras

from benchmarks import shared_data
from benchmarks.repair import glyphs

_Pixels = npt.NDArray[np.uint8]
_Labels = npt.NDArray[np.int64]

_BATCH = 128
#: Classes of the glyphs, and images of each to train on and to diagnose with.
_N_GLYPHS, _GLYPHS_EACH, _GLYPHS_SHOWN = 200, 40, 1


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Nets that are alike but for their seed."""

    name: str
    #: Of the pictures: ``cifar10``, ``digits`` or ``glyphs``.
    data: str
    normalized: bool
    epochs: int
    seeds: range


#: Even seeds are for choosing how evidence is scaled, odd ones for counting false suspects.
KINDS: Sequence[Kind] = (
    Kind(name="plain", data="cifar10", normalized=False, epochs=12, seeds=range(6)),
    Kind(name="normalized", data="cifar10", normalized=True, epochs=10, seeds=range(6)),
    Kind(name="digits", data="digits", normalized=False, epochs=30, seeds=range(10)),
    Kind(name="glyphs", data="glyphs", normalized=False, epochs=12, seeds=range(2)),
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Pictures:
    """Pictures with their classes."""

    images: _Pixels
    labels: _Labels

    def only(self, chosen: npt.NDArray[np.int64]) -> "Pictures":
        """Those at some indices."""
        return Pictures(images=self.images[chosen], labels=self.labels[chosen])


def train(kind: Kind, seed: int, path: Path) -> None:
    """Train one net and write it; a seed chooses the images as well as the start."""
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    pictures = _to_train_on(kind.data, rng)
    n_classes = int(pictures.labels.max()) + 1
    model = net(pictures.images.shape[1:], n_classes, normalized=kind.normalized)
    n_steps = kind.epochs * -(-len(pictures.labels) // _BATCH)
    schedule = keras.optimizers.schedules.CosineDecay(1e-3, n_steps)
    model.compile(keras.optimizers.Adam(schedule), "sparse_categorical_crossentropy")
    for _ in range(kind.epochs):
        for images, labels in _batches(pictures, rng, mirrored=kind.data == "cifar10"):
            model.train_on_batch(images, labels)
    model.save(path, include_optimizer=False)


def to_diagnose_with(data: str) -> Pictures:
    """Clean images that no net of the kind was trained on."""
    if data == "cifar10":
        return _cifar10("clean_validation.h5")
    if data == "digits":
        return _digits().only(np.arange(1000, 1797))
    return _glyphs(_GLYPHS_SHOWN, seed=2)


def net(shape: tuple[int, ...], n_classes: int, *, normalized: bool) -> keras.Model:
    """A net as CSAW's, with fewer channels: two ways to 160 features, one layer to the scores."""
    layers = keras.layers

    def convolved(x: object, channels: int, side: int) -> object:
        x = layers.Conv2D(channels, side)(x)
        x = layers.BatchNormalization(momentum=0.9)(x) if normalized else x
        return layers.ReLU()(x)

    image = layers.Input(shape)
    x = layers.MaxPooling2D()(convolved(image, 16, 4))
    x = layers.MaxPooling2D()(convolved(x, 32, 3))
    x = convolved(x, 48, 3)
    left = layers.Dense(160)(layers.Flatten()(x))
    right = layers.Dense(160)(layers.Flatten()(convolved(x, 64, 2)))
    x = layers.Dropout(0.4)(layers.ReLU()(layers.Add()([left, right])))
    return keras.Model(image, layers.Dense(n_classes, activation="softmax")(x))


def _to_train_on(data: str, rng: np.random.Generator) -> Pictures:
    if data == "cifar10":
        pictures = _cifar10("train.h5")
        return pictures.only(rng.permutation(len(pictures.labels))[:6000])
    if data == "digits":
        return _digits().only(rng.permutation(1000)[:800])
    return _glyphs(_GLYPHS_EACH, seed=100 + int(rng.integers(1000)))


def _cifar10(name: str) -> Pictures:
    with h5py.File(shared_data.folder() / "cifar10" / name) as file:
        images, labels = np.asarray(file["data"]), np.asarray(file["label"]).ravel()
    return Pictures(
        images=np.ascontiguousarray(images.transpose(0, 2, 3, 1)).astype(np.uint8),
        labels=labels.astype(np.int64),
    )


def _digits() -> Pictures:
    """The 1,797 digits of scikit-learn, three times as wide and high, in three colours."""
    from sklearn import datasets

    images, labels = datasets.load_digits(return_X_y=True)
    large = np.kron(images.reshape(-1, 8, 8, 1), np.ones((1, 3, 3, 3)))
    order = np.random.default_rng(0).permutation(len(labels))
    return Pictures(
        images=np.round(large * (255 / 16)).astype(np.uint8), labels=labels.astype(np.int64)
    ).only(order)


def _glyphs(n_each: int, seed: int) -> Pictures:
    drawn = glyphs.draw(glyphs.characters(_N_GLYPHS), n_each=n_each, seed=seed)
    return Pictures(images=drawn.images, labels=drawn.labels)


def _batches(
    pictures: Pictures, rng: np.random.Generator, *, mirrored: bool
) -> Iterator[tuple[npt.NDArray[np.float32], _Labels]]:
    """One pass in a new order, the images of a batch moved by up to 2 pixels."""
    order = rng.permutation(len(pictures.labels))
    for start in range(0, len(order), _BATCH):
        chosen = order[start : start + _BATCH]
        images = pictures.images[chosen].astype(np.float32) / 255
        if mirrored:
            turned = rng.random(len(images)) < 0.5
            images[turned] = images[turned, :, ::-1]
        yield np.roll(images, rng.integers(-2, 3, 2), (1, 2)), pictures.labels[chosen]
