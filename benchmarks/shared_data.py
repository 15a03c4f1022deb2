"""Where the real nets and images are, and larger sets made of them by repetition."""

import os
import sys
from pathlib import Path

import h5py
import numpy as np

_REPOSITORY = Path(__file__).resolve().parent.parent


def folder() -> Path:
    """The folder with the shared research data; without it the program ends, saying so."""
    path = Path(os.environ.get("NETMEND_TEST_DATA", _REPOSITORY.parent / "shared" / "data"))
    if not path.is_dir():
        sys.exit(f"this benchmark needs the shared research data; there is none at {path}")
    return path


def repeat(source: Path, target: Path, *, n_images: int, dtype: str) -> Path:
    """Write a data set of the wanted length and type, the images of the source over and over.

    Args:
        source: ``.h5`` with ``data`` (NCHW) and ``label``.
        target: Where to write the same form, contiguous and uncompressed.
        n_images: Length of the new set.
        dtype: Type of the new set's pixels; the values stay 0 to 255.
    """
    with h5py.File(source) as old, h5py.File(target, "w") as new:
        images, labels = old["data"][()], old["label"][()]
        pixels = new.create_dataset("data", (n_images, *images.shape[1:]), dtype)
        for start in range(0, n_images, len(images)):
            stop = min(start + len(images), n_images)
            pixels[start:stop] = images[: stop - start]
        new["label"] = np.resize(labels, n_images)
    return target
