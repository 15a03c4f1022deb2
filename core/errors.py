"""The root of our errors, and what can be wrong with an input."""

import contextlib
import inspect
import math
import numbers
import re
from collections.abc import Iterator, Mapping
from typing import Any


class ProjectError(Exception):
    """Something went wrong."""

    #: Stable name of the error: in JSON, in the API and in docs/errors.md.
    code = "error"

    def __init__(self, message: str | None = None, /, **details: object) -> None:
        super().__init__(message or inspect.getdoc(self))
        #: Facts as data, ``expected=``, ``received=``, ``place=``, ``hint=``; JSON can carry them.
        self.details = details


class InvalidInput(ProjectError):
    """An input is not what it should be; whoever sent it can mend it."""

    code = "invalid-input"


class InvalidParams(InvalidInput):
    """A parameter of the method is unknown, out of range or of the wrong type."""

    code = "method-params-invalid"


class UnreadableFile(InvalidInput):
    """The file cannot be opened for reading."""

    code = "unreadable-file"


class UnsupportedFormat(InvalidInput):
    """The file is in a format that is not read here."""

    code = "unsupported-format"


class NotHdf5(UnsupportedFormat):
    """The file is not HDF5."""

    code = "not-hdf5"


class CorruptFile(InvalidInput):
    """The file is truncated or damaged."""

    code = "corrupt-file"


class TooLarge(InvalidInput):
    """The file, or what it declares, is larger than the limit."""

    code = "too-large"


class UnsafeFile(InvalidInput):
    """The file contains links, external storage or other parts that are never followed."""

    code = "unsafe-file"


class NotAModel(InvalidInput):
    """The file is not a Keras model."""

    code = "not-a-keras-model"


class UnsafeModel(InvalidInput):
    """The model contains a layer or an object that is not on the allow-list."""

    code = "unsafe-model"


class WeightsOnlyModel(InvalidInput):
    """The file holds weights but no architecture."""

    code = "weights-only-model"


class IncompatibleWeights(InvalidInput):
    """The weights do not fit the architecture."""

    code = "incompatible-weights"


class NonFiniteWeights(InvalidInput):
    """A weight is NaN or infinite."""

    code = "weights-not-finite"


class UnknownLayer(InvalidInput):
    """The model has no layer of that name."""

    code = "unknown-layer"


class NoPrunableLayer(InvalidInput):
    """The model has no convolution whose channels could be pruned."""

    code = "no-prunable-layer"


class NoReadout(InvalidInput):
    """The last layer of the model is no Dense layer with a bias."""

    code = "no-readout"


class NotADataset(InvalidInput):
    """The file is not a data set of labelled images."""

    code = "not-a-dataset"


class InvalidDataset(InvalidInput):
    """The data set has something in it that cannot be used."""

    code = "dataset-invalid"


class LabelOutOfRange(InvalidDataset):
    """A label is not an integer in 0..N-1."""

    code = "label-out-of-range"


class WrongImageShape(InvalidInput):
    """The images do not have the shape that the model takes."""

    code = "shape-mismatch"


class ClassCountMismatch(InvalidInput):
    """The number of classes of the data is not that of the model."""

    code = "class-count-mismatch"


class BaselineAtChance(InvalidInput):
    """The model is right about as often as guessing would be, so there is nothing to repair."""

    code = "baseline-at-chance"


class OutputExists(InvalidInput):
    """The output folder exists already."""

    code = "output-exists"


class OutputNotWritable(ProjectError):
    """The results could not be written; the partial output was removed."""

    code = "output-not-writable"


class SandboxMissing(ProjectError):
    """The process that reads files or does the work cannot be locked up here, and has to be."""

    code = "sandbox-missing"


class RepairFailed(ProjectError):
    """The repair did not come to an end."""

    code = "repair-failed"


class TrainingDiverged(RepairFailed):
    """The training loss stopped being a number."""

    code = "training-diverged"


class ChildFailed(RepairFailed):
    """The process that did the work ended without a result."""

    code = "child-failed"


class TimeLimitExceeded(RepairFailed):
    """The work took longer than its time limit."""

    code = "time-limit-exceeded"


class NoProgress(RepairFailed):
    """The work has not shown any progress for too long."""

    code = "no-progress"


class OutOfMemory(RepairFailed):
    """The work took more memory than it may."""

    code = "out-of-memory"


class GpuOutOfMemory(RepairFailed):
    """The memory of the GPU is not enough, not even for the smallest batches."""

    code = "gpu-out-of-memory"


class InternalError(ProjectError):
    """Something went wrong inside netmend; the log says what."""

    code = "internal"


class Canceled(ProjectError):
    """The work was canceled."""

    code = "canceled"


def about(error: ProjectError, name: str) -> ProjectError:
    """The same error, with the name of the file it is about, where its message does not say it."""
    if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", str(error)):
        return error
    told = type(error)(f"{name}: {error}", **error.details)
    told.code = error.code
    return told


@contextlib.contextmanager
def concerning(role: str) -> Iterator[None]:
    """Have what is wrong with an input say, under ``role``, which one it is.

    Args:
        role: What the input is for: ``model``, ``clean validation``, ….
    """
    try:
        yield
    except InvalidInput as error:
        error.details.setdefault("role", role)
        raise


def to_json(error: ProjectError) -> dict[str, Any]:
    """The error as ``{code, message, details}``; the inverse of `from_json`."""
    return {"code": error.code, "message": str(error), "details": _plain(error.details)}


def from_json(data: Mapping[str, Any]) -> ProjectError:
    """The error that `to_json` wrote, of the class that has its code.

    A code that no class has (another version wrote it) makes a plain `ProjectError` that keeps it.
    """
    code = str(data.get("code", ProjectError.code))
    found = next((kind for kind in _kinds(ProjectError) if kind.code == code), ProjectError)
    error = found(data.get("message"), **data.get("details", {}))
    error.code = code
    return error


def _kinds(kind: type[ProjectError]) -> Iterator[type[ProjectError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _kinds(child)


def _plain(value: object) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, bool | str):
        return value
    return _number(value) if isinstance(value, numbers.Real) else str(value)


def _number(value: numbers.Real) -> int | float | str:
    if isinstance(value, numbers.Integral):  # numpy's too
        return int(value)
    return float(value) if math.isfinite(value) else str(value)  # JSON has no word for nan
