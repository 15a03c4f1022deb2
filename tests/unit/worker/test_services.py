"""What a worker works with is made from the settings alone."""

import pytest

from service.settings import Settings
from worker import services


def test_two_workers_are_told_apart(tmp_path):
    settings = Settings(state_folder=tmp_path)
    made = [services.make(settings, is_draining=lambda: False) for _ in range(2)]
    assert made[0].slot.id != made[1].slot.id


@pytest.mark.parametrize(("queues", "device"), [(("cpu", "gpu"), "NVIDIA X"), (("cpu",), "cpu")])
def test_a_worker_of_the_gpu_queue_names_its_gpu(tmp_path, monkeypatch, queues, device):
    (tmp_path / "0000:01:00.0").mkdir()
    (tmp_path / "0000:01:00.0" / "information").write_text("Model: \t NVIDIA X\nIRQ: 7\n")
    monkeypatch.setattr(services, "_NVIDIA", tmp_path)
    settings = Settings(state_folder=tmp_path)
    made = services.make(settings, queues=queues, is_draining=lambda: False)
    assert (made.slot.queues, made.slot.device) == (queues, device)


@pytest.mark.parametrize(
    ("visible", "device"), [("1", "Second"), ("GPU-b", "Second"), ("0,1", "First"), ("-1", "cpu")]
)
def test_a_worker_names_the_gpu_that_it_may_use(tmp_path, monkeypatch, visible, device):
    for bus, name, uuid in (("01", "First", "GPU-a"), ("02", "Second", "GPU-b")):
        (tmp_path / bus).mkdir()
        (tmp_path / bus / "information").write_text(f"Model: {name}\nGPU UUID: {uuid}\n")
    monkeypatch.setattr(services, "_NVIDIA", tmp_path)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    made = services.make(
        Settings(state_folder=tmp_path), queues=("gpu",), is_draining=lambda: False
    )
    assert made.slot.device == device


def test_a_machine_without_gpu_works_on_its_processor(tmp_path, monkeypatch):
    monkeypatch.setattr(services, "_NVIDIA", tmp_path / "none")
    settings = Settings(state_folder=tmp_path)
    made = services.make(settings, queues=("gpu",), is_draining=lambda: False)
    assert made.slot.device == "cpu"
