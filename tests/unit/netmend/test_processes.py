import sys

import pytest

from core import children
from netmend import processes
from service.settings import Settings


@pytest.fixture
def settings(tmp_path):
    return Settings(state_folder=tmp_path, web_port=1234, web_threads=7)


def test_nothing_in_the_environment_decides_what_is_run(settings):
    assert processes.web(settings)[:4] == (sys.executable, "-I", "-P", "-m")
    assert processes.dispatcher() == (sys.executable, "-I", "-P", "-m", "worker.dispatcher")


def test_the_web_server_listens_where_the_settings_say(settings):
    assert "--bind 127.0.0.1:1234" in " ".join(processes.web(settings))
    assert "--threads 7" in " ".join(processes.web(settings))


def test_the_web_server_can_be_given_a_socket(settings):
    assert "--bind fd://3" in " ".join(processes.web(settings, bind="fd://3"))


def test_a_worker_takes_the_jobs_of_its_queues(settings):
    command = processes.worker(settings, queues=("cpu", "gpu"), slots=2, name="one")
    assert "-Q cpu,gpu -n one@%h --concurrency 2" in " ".join(command)


def test_a_worker_of_other_queues_leaves_the_gpus_alone():
    assert processes.devices(("quick", "cpu")) == {"CUDA_VISIBLE_DEVICES": "-1"}


def test_a_worker_of_the_gpu_queue_sees_the_gpus_there_are():
    assert processes.devices(("cpu", "gpu")) == {}


def test_a_worker_can_be_given_a_gpu_of_its_own():
    seen = processes.devices(("gpu",), "1")
    assert seen == {"CUDA_VISIBLE_DEVICES": "1", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
    assert children.process.environment(seen).items() >= seen.items()
