"""The device that the work runs on, and how the work goes on when its memory is not enough."""

import contextlib
import dataclasses
import re
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

import tensorflow as tf

from . import errors
from .catalogue import TrainingParams
from .results import Event

Result = TypeVar("Result")
Params = TypeVar("Params", bound=TrainingParams)

CPU = "cpu"
#: What TensorFlow says of a GPU's memory is alike, but for the device.
_MEMORY_OF_THE_MACHINE = re.compile(r"device:CPU:\d+ by allocator")


def prepare() -> None:
    """Take memory of the GPUs as it is needed, not all of it; call it before they are used.

    Else a child that only waits for work would hold the memory that another one works in.
    """
    for gpu in tf.config.list_physical_devices("GPU"):
        tf.config.experimental.set_memory_growth(gpu, enable=True)


def in_use() -> str:
    """Name of the GPU that the work runs on, or ``cpu``."""
    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        return CPU
    return str(tf.config.experimental.get_device_details(gpus[0]).get("device_name", "gpu"))


def warnings(*, wants_gpu: bool) -> tuple[str, ...]:
    """A warning where the work was meant for a GPU and there is none."""
    if wants_gpu and in_use() == CPU:
        return ("no GPU was found, so the work was done on the CPU, which takes longer",)
    return ()


class Frugal(Generic[Result]):
    """A function of a batch, given smaller ones from when the memory of the GPU was not enough."""

    def __init__(self, run: Callable[..., Result]) -> None:
        """Wrap a function of one or more arrays whose first axis is the batch."""
        self._run = run
        self._size: int | None = None

    def __call__(self, *batch: Any) -> Iterator[Result]:
        """What the function gives for each part of the batch; as a rule there is one part.

        Raises:
            GpuOutOfMemory: A single image is too much.
        """
        start, size = 0, len(batch[0])
        while start < len(batch[0]):
            size = min(size, self._size or size)
            try:
                result = self._run(*(array[start : start + size] for array in batch))
            except tf.errors.ResourceExhaustedError as error:
                self._size = _half(size, error)
                continue
            yield result
            start += size


def trained_within_memory(
    train: Callable[[Params], Result], params: Params, *, on_event: Callable[[Event], None]
) -> tuple[Result, tuple[str, ...]]:
    """Train; where the memory of the GPU is not enough, again from the start with smaller batches.

    Args:
        train: One whole training; leaves what it is given as it is.
        params: What the caller wants.
        on_event: Told of each new start.

    Returns:
        What the training gave, and a warning where its batches were not those that were wanted.

    Raises:
        GpuOutOfMemory: Batches of one image are too much.
    """
    size = params.batch_size
    while True:
        warning = _smaller_batches(params.batch_size, size)
        try:
            return train(dataclasses.replace(params, batch_size=size)), warning
        except tf.errors.ResourceExhaustedError as error:
            size = _half(size, error)
        # Told out here, where the trace of the error no longer holds on to the memory.
        (message,) = _smaller_batches(params.batch_size, size)
        on_event(Event(stage="finetune", message=message))


@contextlib.contextmanager
def shortage_told() -> Iterator[None]:
    """Where the memory of the GPU is not enough for what cannot be halved: `GpuOutOfMemory`."""
    try:
        yield
    except tf.errors.ResourceExhaustedError as error:
        _half(1, error)


def _half(size: int, error: tf.errors.ResourceExhaustedError) -> int:
    if _MEMORY_OF_THE_MACHINE.search(str(error)):
        raise error  # the memory of the machine has its own limits, and its own errors
    if size == 1:
        raise errors.GpuOutOfMemory(
            "the memory of the GPU is not enough, not even for batches of one image",
            hint="use the queue cpu, a smaller model, or a GPU that nobody else uses",
        ) from error
    return size // 2


def _smaller_batches(wanted: int, size: int) -> tuple[str, ...]:
    if size == wanted:
        return ()
    return (
        f"the memory of the GPU was not enough for batches of {wanted} images: "
        f"trained from the start with batches of {size}",
    )
