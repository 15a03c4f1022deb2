import dataclasses

import numpy as np
import pytest
import tensorflow as tf
import tf_keras as keras

from core import catalogue, devices, errors, methods, metrics, pruning
from core.results import Event
from tests import tiny

PARAMS = catalogue.FineTuning(batch_size=8)
WHOLE = np.arange(8)


def roomy(limit):
    """Doubles batches of so many at most, as a device would that has no room for more."""

    def double(batch):
        if len(batch) > limit:
            raise tf.errors.ResourceExhaustedError(None, None, "OOM on device:GPU:0 by allocator")
        return 2 * batch

    return double


def test_a_batch_that_fits_goes_through_as_it_is():
    assert list(map(list, devices.Frugal(roomy(8))(WHOLE))) == [list(2 * WHOLE)]


def test_a_batch_that_does_not_fit_goes_through_in_parts():
    parts = list(devices.Frugal(roomy(3))(WHOLE))
    assert [len(part) for part in parts] == [2, 2, 2, 2]
    assert list(np.concatenate(parts)) == list(2 * WHOLE)


def test_arrays_of_one_batch_are_cut_alike():
    frugal = devices.Frugal(lambda first, second: list(zip(roomy(4)(first), second, strict=True)))
    assert [len(part) for part in frugal(WHOLE, WHOLE)] == [4, 4]
    assert [*next(frugal(WHOLE, WHOLE))] == [(2 * item, item) for item in WHOLE[:4]]


def test_what_did_not_fit_is_not_tried_again():
    asked = []
    frugal = devices.Frugal(lambda batch: asked.append(len(batch)) or roomy(4)(batch))
    list(frugal(WHOLE))
    list(frugal(WHOLE[:5]))
    assert asked == [8, 4, 4, 4, 1]


def test_a_single_image_that_does_not_fit_is_an_error_with_a_code():
    with pytest.raises(errors.GpuOutOfMemory) as failure:
        list(devices.Frugal(roomy(0))(WHOLE))
    assert failure.value.code == "gpu-out-of-memory"


def test_the_memory_of_the_machine_is_not_taken_for_that_of_a_gpu():
    frugal = devices.Frugal(lambda batch: tf.zeros((2**24, 2**20)))
    with pytest.raises(tf.errors.ResourceExhaustedError, match="device:CPU:0"):
        list(frugal(WHOLE))


def test_what_cannot_be_halved_is_told_as_well():
    with pytest.raises(errors.GpuOutOfMemory), devices.shortage_told():
        roomy(0)(WHOLE)


def test_a_training_that_fits_is_done_once_without_a_word():
    told = []
    outcome = devices.trained_within_memory(lambda p: p.batch_size, PARAMS, on_event=told.append)
    assert outcome == (8, ())
    assert told == []


def test_a_training_that_does_not_fit_starts_again_with_half_the_batch_and_says_so():
    told = []

    def train(params):
        roomy(2)(WHOLE[: params.batch_size])
        return params

    trained, warnings = devices.trained_within_memory(train, PARAMS, on_event=told.append)
    assert trained == dataclasses.replace(PARAMS, batch_size=2)
    assert [event.message.rpartition(" ")[2] for event in told] == ["4", "2"]
    assert warnings == (told[-1].message,)
    assert "batches of 8 images" in warnings[0]


def test_a_training_that_never_fits_fails():
    def train(params):
        return roomy(0)(WHOLE[: params.batch_size])

    told: list[Event] = []
    with pytest.raises(errors.GpuOutOfMemory):
        devices.trained_within_memory(train, PARAMS, on_event=told.append)
    assert len(told) == 3


def test_without_a_gpu_the_work_runs_on_the_cpu_and_says_so_where_one_was_wanted(monkeypatch):
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [])
    assert devices.in_use() == "cpu"
    assert devices.warnings(wants_gpu=False) == ()
    (warning,) = devices.warnings(wants_gpu=True)
    assert "CPU" in warning


def test_a_gpu_is_named_and_gives_its_memory_bit_by_bit(monkeypatch):
    grown = []
    experimental = tf.config.experimental
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: ["first"])
    monkeypatch.setattr(experimental, "get_device_details", lambda gpu: {"device_name": "Card"})
    monkeypatch.setattr(
        experimental, "set_memory_growth", lambda gpu, *, enable: grown.append((gpu, enable))
    )
    devices.prepare()
    assert grown == [("first", True)]
    assert (devices.in_use(), devices.warnings(wants_gpu=True)) == ("Card", ())


@pytest.fixture
def small_device(monkeypatch):
    """Dense layers that have room for 20 images at a time, and fail as on a GPU, inside the graph.

    A MemoryError in a function that TensorFlow calls comes back as its ResourceExhaustedError.
    """
    real = keras.layers.Dense.call

    def check(inputs):
        if len(inputs) > 20:
            raise MemoryError("no room on this device")
        return inputs

    def call(self, inputs):
        checked = tf.py_function(check, [inputs], inputs.dtype)
        return real(self, tf.ensure_shape(checked, inputs.shape))

    return lambda: monkeypatch.setattr(keras.layers.Dense, "call", call)


def test_predictions_and_sweeps_are_the_same_with_little_memory(tiny_case, small_device):
    model, images = tiny_case.model, tiny_case.validation
    order = [pruning.Channel("conv_3", index) for index in range(12)]
    labels = metrics.predict(model, tiny_case.tests, tiny.SCALED)
    curve = pruning.sweep(model, order, images, tiny.SCALED)
    small_device()
    again = metrics.predict(model, tiny_case.tests, tiny.SCALED)
    assert np.array_equal(again.clean, labels.clean)
    assert np.array_equal(again.poisoned, labels.poisoned)
    assert pruning.sweep(model, order, images, tiny.SCALED) == curve


#: Those that search for triggers do not: a search takes the memory that it takes.
FRUGAL = (
    "fine-tuning", "fine-pruning", "magnitude-pruning", "ft-sam", "two-layer-fine-pruning",
    "pruning-ft-sam", "activation-clipping",
)  # fmt: skip


@pytest.mark.parametrize("method", FRUGAL)
def test_each_method_trains_with_little_memory_and_warns(tiny_case, small_device, method):
    small_device()
    told = []
    repair = methods.METHODS[method](
        tiny_case.model,
        methods.Validation(
            tune=tiny.labelled(150, 7), select=tiny.labelled(60, 8), preprocessing=tiny.SCALED
        ),
        params=catalogue.parse(method, {"epochs": 1, "batch_size": 32}),
        max_accuracy_drop=0.1,
        execution=methods.Execution(seed=0, on_event=told.append),
    )
    assert "batches of 16" in repair.warnings[0]
    assert repair.warnings[0] in [event.message for event in told]
    assert len(repair.training_curve) == 2
