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


def test_a_machine_without_gpu_works_on_its_processor(tmp_path, monkeypatch):
    monkeypatch.setattr(services, "_NVIDIA", tmp_path / "none")
    settings = Settings(state_folder=tmp_path)
    made = services.make(settings, queues=("gpu",), is_draining=lambda: False)
    assert made.slot.device == "cpu"
