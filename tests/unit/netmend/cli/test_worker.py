"""`netmend worker` becomes the program that does the work, in its environment."""

import pytest

from core import sandbox
from core.sandbox import SandboxState
from netmend import cli
from netmend.cli import executing


@pytest.fixture
def become(monkeypatch, tmp_path):
    """What was become: the command, and what was added to the environment."""
    monkeypatch.setenv("NETMEND_STATE_FOLDER", str(tmp_path))
    seen = []
    monkeypatch.setattr(
        executing,
        "become",
        lambda command, settings, variables: seen.append((" ".join(command), variables)),
    )
    return seen


def test_a_worker_takes_all_jobs_and_whatever_gpu_there_is(become):
    cli.run(["worker"])
    ((command, variables),) = become
    assert "-Q quick,cpu,gpu -n worker@%h" in command
    assert variables == {}


def test_a_worker_with_a_gpu_of_its_own(become):
    cli.run(["worker", "--queue", "gpu", "--gpu", "1", "--name", "gpu-1"])
    ((command, variables),) = become
    assert "-Q gpu -n gpu-1@%h" in command
    assert variables["CUDA_VISIBLE_DEVICES"] == "1"


@pytest.mark.parametrize(
    "options", [["--gpu", "0", "--slots", "2"], ["--gpu", "0", "--queue", "cpu"]]
)
def test_a_gpu_is_for_one_slot_that_needs_it(become, options, capsys):
    assert cli.run(["worker", *options]) == 2
    assert "a worker for each GPU" in capsys.readouterr().err
    assert become == []


def test_without_a_lock_that_is_required_no_worker_starts(become, monkeypatch, capsys):
    monkeypatch.setenv("NETMEND_REQUIRE_SANDBOX", "1")
    monkeypatch.setattr(sandbox, "offered", lambda: SandboxState(landlock_abi=0, seccomp=True))
    assert cli.run(["worker"]) != 0
    assert become == []
    assert "no landlock" in capsys.readouterr().err
