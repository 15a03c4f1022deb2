"""What a job works on: canonical folders, unpacked from storage or made by the intake child."""

import contextlib
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from core import children, errors
from core.children import Oversight
from service.tables import Dataset, Model

from . import attempts, packing
from .attempts import Attempt

#: Name of the folder of pictures.
PICTURES = "pictures"
#: Of picture files; others cannot be brought to the shape of a model.
_PICTURE_CHANNELS = (1, 3)


def unpack(attempt: Attempt, canonical_sha256: str, role: str) -> str:
    """The canonical folder of an input, as it was when that was checked.

    Raises:
        Stopped: This attempt is over.
        ChecksumMismatch: What storage has is damaged.
    """
    attempt.check()
    folder = attempt.folder.inputs / role
    with attempt.storage.open(canonical_sha256) as packed:
        packing.unpack(packed, folder, sha256=canonical_sha256)
    return str(folder)


def unpack_ready(attempt: Attempt, subject: Model | Dataset, role: str) -> str:
    """The same of a model or data set that is ready, as all are that a job takes."""
    assert subject.canonical_sha256 is not None
    return unpack(attempt, subject.canonical_sha256, role)


def ingest_model(attempt: Attempt, sha256: str, role: str) -> dict[str, Any]:
    """What was found in a model that a job made; it is checked as any upload is.

    Its canonical folder lies under the name of its role.

    Raises:
        Stopped: This attempt is over.
    """
    stored = attempt.storage.path(sha256)
    with killed_told():
        return children.ingest_model(
            stored, attempt.folder.inputs / role, name=role, oversight=_oversight(attempt)
        )


def ingest_pictures(
    attempt: Attempt, hashes: Sequence[str], *, fit: Sequence[int]
) -> dict[str, Any]:
    """What was found in pictures, or in one set of pictures; their folder is `PICTURES`.

    Args:
        attempt: Its folder is written to.
        hashes: SHA-256 of the stored files.
        fit: ``(height, width, channels)`` to bring picture files to.

    Raises:
        InvalidInput: They cannot be used; each is called by its `picture_name`.
        Stopped: This attempt is over.
    """
    given = attempt.folder.root / "given"
    given.mkdir()
    paths = [given / picture_name(number) for number in range(len(hashes))]
    for path, sha256 in zip(paths, hashes, strict=True):
        _put(attempt.storage.path(sha256), path)
    with killed_told():
        return children.ingest_pictures(
            paths,
            attempt.folder.inputs / PICTURES,
            fit=fit if fit[-1] in _PICTURE_CHANNELS else None,
            oversight=_oversight(attempt),
        )


def picture_name(number: int) -> str:
    """What the intake child calls a picture, which it knows without the name its owner gave it."""
    return f"picture {number + 1}"


@contextlib.contextmanager
def killed_told() -> Iterator[None]:
    """A child that was killed from outside deserves another attempt.

    Raises:
        ChildLost: It was killed.
    """
    try:
        yield
    except errors.ChildFailed as error:
        attempts.raise_if_lost(error)
        raise


@contextlib.contextmanager
def named(inputs: Mapping[str, Mapping[str, Any]]) -> Iterator[None]:
    """Where an error is about an input, have it say which one.

    Args:
        inputs: What core calls an input (``clean test``) to facts that say which it is.
    """
    try:
        yield
    except errors.InvalidInput as error:
        for name in (error.details.get("role"), error.details.get("place")):
            error.details.update(inputs.get(str(name), {}))
        raise


def _oversight(attempt: Attempt) -> Oversight:
    limit_s = attempt.services.settings.predict_time_limit_s
    return Oversight(time_limit_s=limit_s, watch=attempt.watch)


def _put(stored: Path, path: Path) -> None:
    """The stored file under another name; copied only where it lies on another disk."""
    try:
        os.link(stored, path)
    except OSError:
        shutil.copyfile(stored, path)
