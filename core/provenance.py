"""Where a result comes from: which files and images went in, and which versions worked on them."""

import hashlib
import importlib.metadata
import platform
import resource
import sys

from . import data
from .metrics import IntArray, TestSets
from .modelfile import ModelFile
from .results import InputFile, Inputs, Split

_LIBRARIES = (
    "netmend",
    "tensorflow",
    "tensorflow-cpu",
    "tf-keras",
    "tensorflow-model-optimization",
    "numpy",
    "scipy",
    "h5py",
)
#: How `data.split` splits, as a report says it.
_SCHEME = "of each class a fifth to select on, drawn by NumPy's default generator of the seed"


def versions() -> dict[str, str]:
    """Library to version, for those that are installed, and Python's own."""
    installed = {name: _version(name) for name in _LIBRARIES}
    return {
        "python": platform.python_version(),
        **{name: version for name, version in installed.items() if version},
    }


def peak_memory_bytes() -> int:
    """Most memory that this process has had at a time."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # kibibytes everywhere else


def inputs(
    model_file: ModelFile,
    clean_validation: data.LabelledImages,
    tests: TestSets,
    *,
    unlabelled: data.LabelledImages | None = None,
) -> Inputs:
    """The files by role, with their hashes and numbers of images."""
    return Inputs(
        model=InputFile(name=model_file.name, sha256=model_file.sha256, n=None),
        clean_validation=_images(clean_validation),
        clean_test=_images(tests.clean) if tests.clean else None,
        poisoned_test=tuple(_images(item.images) for item in tests.poisoned),
        unlabelled=_images(unlabelled) if unlabelled else None,
    )


def split(rows: data.Split, *, seed: int) -> Split:
    """The rows of either part as hashes; see `results.Split` for how they are made.

    Args:
        rows: As `data.split` gives them.
        seed: That it was given.
    """
    return Split(
        scheme=_SCHEME,
        seed=seed,
        n_tune=len(rows.tune),
        n_select=len(rows.select),
        tune_sha256=_rows_sha256(rows.tune),
        select_sha256=_rows_sha256(rows.select),
    )


def _rows_sha256(rows: IntArray) -> str:
    return hashlib.sha256("".join(f"{row}\n" for row in rows).encode()).hexdigest()


def _images(images: data.LabelledImages) -> InputFile:
    return InputFile(name=images.name, sha256=images.sha256, n=len(images))


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
