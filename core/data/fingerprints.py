"""Which images are the same, by a hash of their pixels."""

import hashlib

import numpy as np
import numpy.typing as npt

from . import pixels
from .images import ImageArray, LabelledImages

Fingerprints = npt.NDArray[np.uint64]

_CHUNK_BYTES = 2**22


def fingerprints(images: LabelledImages) -> Fingerprints:
    """``(n_images,)``; the same number for the same pixels, whatever type they are stored in.

    A picture that was scaled, cropped or compressed anew counts as another one. That two different
    images get the same of 2^64 numbers does not happen by chance.
    """
    step = max(1, _CHUNK_BYTES // max(1, images.n_bytes // len(images)))
    digests = [_digest(image) for chunk in images.chunks(step) for image in chunk]
    return np.frombuffer(b"".join(digests), np.uint64)


def n_repeated(found: Fingerprints) -> int:
    """How many images occur earlier in the same set."""
    return len(found) - len(np.unique(found))


def n_shared(first: Fingerprints, second: Fingerprints) -> int:
    """How many images of the second set occur in the first."""
    return int(np.isin(second, first).sum())


def _digest(image: ImageArray) -> bytes:
    # Image by image: whether the others are whole numbers must not matter.
    small = pixels.as_bytes(image)
    plain = image.astype(np.float32) if small is None else small
    return hashlib.blake2b(np.ascontiguousarray(plain).data, digest_size=8).digest()
