"""A data set of two classes that a net learns at once."""

import numpy as np

from benchmarks.repair.sources import Images, Source


def source() -> Source:
    return Source(
        n_classes=2, train=images(256, 0), development=images(40, 1),
        validation=images(60, 2), test=images(50, 3),
    )  # fmt: skip


def images(n: int, seed: int) -> Images:
    """Noise, the upper or the lower half of it brighter, whichever way it is mirrored."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, n)
    pictures = rng.integers(0, 128, (n, 28, 28, 1), dtype=np.uint8)
    pictures[labels == 0, :14] += 100
    pictures[labels == 1, 14:] += 100
    return Images(images=pictures, labels=labels)
