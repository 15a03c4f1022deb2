"""Opening a data set, whatever form it comes in."""

import hashlib
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .. import errors
from . import archives, canonical, contents, folders, hdf5, labels, layouts, npz, pictures, pixels
from .contents import Contents
from .images import Arrays, LabelArray, LabelledImages, Source
from .layouts import Layout

_FORMS = ".h5 or .npz with 'data' and 'label', or a .zip of class folders"
_HEAD_BYTES = 8


def open_images(path: Path, *, layout: Layout = "auto", name: str | None = None) -> LabelledImages:
    """Labelled images in a file; pixels are read when asked for.

    Args:
        path: ``.h5`` (``data``, ``label``, perhaps ``true_label``), ``.npz`` (the same, or
            ``images``/``labels``, or ``x``/``y``), ``.zip`` of class folders, or a folder in the
            canonical form.
        layout: Where the channels are; ``auto`` looks at the shape.
        name: What to call the set; the file name if not given.

    Raises:
        UnreadableFile: The file cannot be opened.
        UnsupportedFormat: It is in none of these formats (`NotHdf5`).
        CorruptFile: It is truncated or damaged.
        NotADataset: It is something else, such as a model.
        InvalidDataset: Images or labels cannot be used (`LabelOutOfRange`).
        UnsafeFile: It has parts that are never followed.
        TooLarge: It declares more than is allowed.
    """
    if path.is_dir():
        return canonical.load_canonical(path)
    title = name or path.name
    found = _read(path, layout=layout, labelled=True, name=title)
    return _labelled(found, sha256=_sha256([path]), name=title)


def open_pictures(
    paths: Sequence[Path],
    *,
    layout: Layout = "auto",
    name: str | None = None,
    fit: tuple[int, int, int] | None = None,
) -> LabelledImages:
    """Images to predict, in order, without labels (-1 throughout).

    Args:
        paths: Picture files (PNG, JPEG, BMP) of one size; or one data set, whose labels are
            ignored, so that it may also be a zip of pictures without class folders.
        layout: Where the channels of a data set are.
        name: What to call the set.
        fit: ``(height, width, channels)`` to bring picture files to; a data set stays as it is.

    Raises:
        As `open_images`.
    """
    if not paths:
        raise errors.InvalidDataset("there are no pictures")
    title = name or (paths[0].name if len(paths) == 1 else f"{len(paths)} pictures")
    if all(_head(path).startswith(pictures.SIGNATURES) for path in paths):
        source: Source = pictures.read_files(paths, fit=fit)
    elif len(paths) == 1:
        source = _read(paths[0], layout=layout, labelled=False, name=title).source
    else:
        raise _not_a_picture(paths)
    _refuse_empty(source, title)
    return LabelledImages(
        name=title, sha256=_sha256(paths), source=source, labels=np.full(source.shape[0], -1)
    )


def from_arrays(
    images: npt.ArrayLike,
    image_labels: npt.ArrayLike,
    *,
    true_labels: npt.ArrayLike | None = None,
    layout: Layout = "auto",
    name: str = "arrays",
) -> LabelledImages:
    """Labelled images that are in memory already; the same checks as for a file.

    Args:
        images: ``(n, height, width, channels)``, ``(n, channels, height, width)`` or
            ``(n, height, width)``, integers or floats.
        image_labels: ``(n,)`` or ``(n, 1)``, whole numbers.
        true_labels: As `image_labels`, for a poisoned set that says what its images really show.
        layout: Where the channels are; ``auto`` looks at the shape.
        name: What to call the set.

    Raises:
        InvalidDataset: Images or labels cannot be used (`LabelOutOfRange`).
    """
    stored = np.asarray(images)
    contents.refuse_dtype(stored.dtype, what=f"{name}: images")
    pixels.refuse_not_finite(stored, first=0, name=name)
    found = layouts.found(stored.shape, layout, name=name)
    source = Arrays(layouts.channels_last(stored, found), found)
    described = Contents(
        source=source,
        label_key="labels",
        labels=np.asarray(image_labels),
        true_labels=None if true_labels is None else np.asarray(true_labels),
    )
    sha256 = hashlib.sha256(np.ascontiguousarray(stored).data).hexdigest()
    return _labelled(described, sha256=sha256, name=name)


def _read(path: Path, *, layout: Layout, labelled: bool, name: str) -> Contents:
    head = _head(path)
    if head == hdf5.SIGNATURE:
        return hdf5.read(path, layout=layout, labelled=labelled, name=name)
    if head.startswith(archives.SIGNATURES):
        archive = archives.open_archive(path, name=name)
        return _read_archive(archive, layout=layout, labelled=labelled, name=name)
    if head.startswith(pictures.SIGNATURES):
        raise errors.NotADataset(
            f"{name} is a single picture, not a data set; expected was {_FORMS}", expected=_FORMS
        )
    if path.suffix.lower() in (".npz", ".zip"):
        raise errors.CorruptFile(f"{name} is not a zip archive; it starts with {head!r}")
    raise errors.NotHdf5(
        f"{name} is neither HDF5 nor a zip archive (it starts with {head!r}); "
        f"expected was {_FORMS}",
        expected=_FORMS, received=repr(head),
    )  # fmt: skip


def _read_archive(
    archive: zipfile.ZipFile, *, layout: Layout, labelled: bool, name: str
) -> Contents:
    if npz.is_npz(archive):
        return npz.read(archive, layout=layout, labelled=labelled, name=name)
    return folders.read(archive, labelled=labelled, name=name)


def _labelled(found: Contents, *, sha256: str, name: str) -> LabelledImages:
    _refuse_empty(found.source, name)
    assert found.labels is not None
    n_images = found.source.shape[0]
    return LabelledImages(
        name=name,
        sha256=sha256,
        source=found.source,
        labels=labels.checked(found.labels, n_images=n_images, key=found.label_key, name=name),
        true_labels=_true_labels(found, name),
        class_names=found.class_names,
    )


def _true_labels(found: Contents, name: str) -> LabelArray | None:
    if found.true_labels is None:
        return None
    n_images, key = found.source.shape[0], contents.TRUE_LABELS
    return labels.checked(found.true_labels, n_images=n_images, key=key, name=name)


def _refuse_empty(source: Source, name: str) -> None:
    if 0 in source.shape:
        raise errors.InvalidDataset(
            f"{name} is empty: its images are of shape {source.shape}",
            received=list(source.shape),
        )


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_HEAD_BYTES)
    except OSError as error:
        raise errors.UnreadableFile(
            f"{path.name} cannot be read: {error.strerror}", reason=error.strerror
        ) from error


def _sha256(paths: Sequence[Path]) -> str:
    """Of one file, or of the digests of several."""
    digests = []
    for path in paths:
        with path.open("rb") as file:
            digests.append(hashlib.file_digest(file, "sha256").hexdigest())
    return (
        digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()
    )


def _not_a_picture(paths: Sequence[Path]) -> errors.UnsupportedFormat:
    other = next(path for path in paths if not _head(path).startswith(pictures.SIGNATURES))
    return errors.UnsupportedFormat(
        f"{other.name} is not a PNG, JPEG or BMP picture; "
        "give pictures only, or a single data set",
        place=other.name, expected=list(pictures.SUFFIXES),
    )  # fmt: skip
