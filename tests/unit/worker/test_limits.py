"""A child that takes too much, or shows nothing, is refused."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from core import errors
from worker import limits
from worker.limits import Limits

US = SimpleNamespace(pid=os.getpid())


def test_a_child_within_its_limits_goes_on():
    Limits(memory_bytes=2**50, no_progress_s=60).check(US)


def test_a_child_with_too_much_memory_is_refused():
    with pytest.raises(errors.OutOfMemory) as caught:
        Limits(memory_bytes=2**20, no_progress_s=60).check(US)
    assert caught.value.details["received"] > caught.value.details["expected"] == 2**20


def test_a_silent_child_is_refused():
    with pytest.raises(errors.NoProgress, match="0 s"):
        Limits(memory_bytes=2**50, no_progress_s=0).check(US)


def test_progress_sets_the_clock_back(monkeypatch):
    clock = iter([0.0, 50.0, 100.0])
    monkeypatch.setattr(limits, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    limit = Limits(memory_bytes=2**50, no_progress_s=60, _progress_at=0.0)
    limit.check(US)
    limit.note_progress()
    limit.check(US)


def test_memory_is_looked_at_once_a_second(monkeypatch):
    looked = []
    monkeypatch.setattr(limits, "memory_bytes", lambda pid: looked.append(pid) or 0)
    limit = Limits(memory_bytes=1, no_progress_s=60)
    limit.check(US)
    limit.check(US)
    assert looked == [US.pid]


def test_what_a_child_started_counts_too():
    alone = limits.memory_bytes(os.getpid())
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        together = limits.memory_bytes(os.getpid())
        other.communicate(b"\n")
    assert together > alone


def test_a_child_that_ended_takes_nothing():
    with subprocess.Popen([sys.executable, "-c", ""]) as other:
        other.wait()
    assert limits.memory_bytes(other.pid) == 0
