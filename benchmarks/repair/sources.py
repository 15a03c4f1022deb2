"""The images: CIFAR-10 of the shared data, and Fashion-MNIST of Debian's package."""

import gzip
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import h5py
import numpy as np
import numpy.typing as npt

from benchmarks import shared_data

#: Where Debian's package `dataset-fashion-mnist` puts its files.
_FASHION = Path("/usr/share/datasets/fashion-mnist")
_N_TRAIN, _N_DEVELOPMENT, _N_VALIDATION, _N_TEST = 7_000, 1_000, 2_500, 3_000


@dataclass(frozen=True, kw_only=True, eq=False)
class Images:
    """Images and their classes."""

    #: ``(n, height, width, channels)`` uint8.
    images: npt.NDArray[np.uint8]
    #: ``(n,)``.
    labels: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)

    def drawn(self, count: int, *, seed: int) -> tuple["Images", "Images"]:
        """So many of them, without choice, and the others."""
        order = np.random.default_rng(seed).permutation(len(self))
        parts = (np.sort(order[:count]), np.sort(order[count:]))
        first, rest = (Images(images=self.images[p], labels=self.labels[p]) for p in parts)
        return first, rest

    def part(self, start: int, stop: int) -> "Images":
        """Those from *start* on and before *stop*."""
        return Images(images=self.images[start:stop], labels=self.labels[start:stop])


@dataclass(frozen=True, kw_only=True, eq=False)
class Source:
    """One data set, in four parts that share no image."""

    n_classes: int
    #: What the attacker trains nets on.
    train: Images
    #: Held out of the training images: what is tuned in development is judged on these.
    development: Images
    #: What a repair is given.
    validation: Images
    #: What the published figures come from.
    test: Images


def available() -> tuple[str, ...]:
    """Names of the data sets that are on this machine."""
    return tuple(name for name in SOURCES if name != "fashion-mnist" or _FASHION.is_dir())


@cache
def load(name: str) -> Source:
    """A data set; where it is absent, the program ends, saying so."""
    return SOURCES[name]()


def _cifar10() -> Source:
    folder = shared_data.folder() / "cifar10"
    train = _shuffled(_read(folder / "train.h5"))
    return Source(
        n_classes=10,
        train=train.part(0, _N_TRAIN),
        development=train.part(_N_TRAIN, _N_TRAIN + _N_DEVELOPMENT),
        validation=_read(folder / "clean_validation.h5"),
        test=_read(folder / "clean_test.h5"),
    )


def _read(path: Path) -> Images:
    with h5py.File(path) as file:
        images, labels = file["data"][()], file["label"][()]
    return Images(
        images=np.ascontiguousarray(images.transpose(0, 2, 3, 1)).astype(np.uint8),
        labels=labels.ravel().astype(np.int64),
    )


def _fashion_mnist() -> Source:
    if not _FASHION.is_dir():
        sys.exit(
            f"Fashion-MNIST is not at {_FASHION}; on Debian: apt-get install dataset-fashion-mnist"
        )
    known = _shuffled(_read_idx("train"))
    start = _N_TRAIN + _N_DEVELOPMENT
    return Source(
        n_classes=10,
        train=known.part(0, _N_TRAIN),
        development=known.part(_N_TRAIN, start),
        validation=known.part(start, start + _N_VALIDATION),
        test=_read_idx("t10k").part(0, _N_TEST),
    )


def _read_idx(part: str) -> Images:
    """The format of MNIST: a header, then bytes."""
    with gzip.open(_FASHION / f"{part}-images-idx3-ubyte.gz") as file:
        pixels = np.frombuffer(file.read(), np.uint8, offset=16)
    with gzip.open(_FASHION / f"{part}-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8)
    return Images(images=pixels.reshape(-1, 28, 28, 1), labels=labels.astype(np.int64))


def _shuffled(images: Images) -> Images:
    order = np.random.default_rng(5).permutation(len(images))
    return Images(images=images.images[order], labels=images.labels[order])


SOURCES: Mapping[str, Callable[[], Source]] = {
    "cifar10": _cifar10,
    "fashion-mnist": _fashion_mnist,
}
