"""This machine."""

import pytest

from core import children, errors
from service import devices
from service.doctor import findings, machine


def test_a_child_is_locked_up_here():
    assert machine.sandbox().state == "ok"


@pytest.mark.parametrize(
    ("state", "missing"),
    [
        ({"landlock_abi": 0, "seccomp": True}, "without Landlock"),
        ({"landlock_abi": 0, "seccomp": False}, "without Landlock and seccomp"),
    ],
)
def test_what_the_kernel_lacks_is_told(monkeypatch, state, missing):
    monkeypatch.setattr(children, "ingest_images", lambda *_, **__: {"sandbox": state})
    finding = machine.sandbox()
    assert (finding.state, missing in finding.told) == ("warning", True)


def test_a_lock_that_is_required_and_cannot_be_is_a_failure(monkeypatch):
    def refuse(*_, **__):
        raise errors.SandboxMissing("no landlock", hint="another kernel")

    monkeypatch.setattr(children, "ingest_images", refuse)
    finding = findings.of("sandbox", machine.sandbox)
    assert (finding.state, finding.mend) == ("failed", "another kernel")


def test_a_gpu_that_the_installed_tensorflow_cannot_use_is_told(monkeypatch):
    monkeypatch.setattr(devices, "visible", lambda: "NVIDIA X")
    monkeypatch.setattr(machine, "_is_installed", lambda package: package == "tensorflow-cpu")
    assert machine.gpu().state == "warning"


def test_a_gpu_is_named(monkeypatch):
    monkeypatch.setattr(devices, "visible", lambda: "NVIDIA X")
    monkeypatch.setattr(machine, "_is_installed", lambda package: False)
    assert (machine.gpu().state, machine.gpu().told) == ("ok", "NVIDIA X")


def test_no_gpu_is_no_fault(monkeypatch):
    monkeypatch.setattr(devices, "visible", lambda: devices.CPU)
    assert machine.gpu().state == "ok"
