import contextlib
import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from core import __main__ as child
from core import confinement, errors, requests
from core.requests import Request
from core.results import Event
from core.sandbox import SandboxState

LOCKED = SandboxState(landlock_abi=1, seccomp=True)


@dataclass(frozen=True, kw_only=True)
class Job(Request):
    """Asks for nothing."""

    text: str = ""


@pytest.fixture
def locks(monkeypatch):
    """What this process would have been locked up with; it is needed for other tests."""
    seen = []

    @contextlib.contextmanager
    def within(request, folder, *, begun):
        seen.append(("within", request, folder, begun))
        yield begun

    def begin(folder):
        seen.append(("begin", folder))
        return LOCKED

    monkeypatch.setattr(confinement, "within", within)
    monkeypatch.setattr(confinement, "begin", begin)
    monkeypatch.setattr(requests, "KINDS", {"job": Job})
    return seen


@pytest.fixture
def run(monkeypatch, locks):
    """Runs the child's main in this process with the given work; exit code and messages."""

    def run(work, text='{"kind": "job", "request": {}}'):
        channel = io.StringIO()
        monkeypatch.setattr(child, "_own_stdout", lambda: channel)
        monkeypatch.setattr(child, "_work", lambda: {"job": work})
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))
        return child.main(), [json.loads(line) for line in channel.getvalue().splitlines()]

    return run


def test_events_come_before_the_result(run):
    def work(request, on_event):
        on_event(Event(stage="load"))
        return {"done": True}

    code, messages = run(work)
    assert code == 0
    assert messages[0]["event"]["stage"] == "load"
    assert messages[1] == {"result": {"done": True}}


def test_a_wrong_input_is_told_with_its_code_and_exit_2(run):
    def work(request, on_event):
        raise errors.NotHdf5("not HDF5", place="model")

    code, messages = run(work)
    assert code == 2
    assert messages[-1]["error"]["code"] == "not-hdf5"


def test_a_failed_repair_exits_with_3(run):
    def work(request, on_event):
        raise errors.TrainingDiverged("the loss became nan")

    assert run(work)[0] == 3


def test_a_bug_is_hidden_from_the_user_and_shown_in_the_log(run, capsys):
    def work(request, on_event):
        raise RuntimeError("secret detail")

    code, messages = run(work)
    assert code == 3
    assert messages[-1]["error"]["code"] == "internal"
    assert "secret detail" not in json.dumps(messages)
    assert "secret detail" in capsys.readouterr().err


def test_a_request_that_is_no_json_is_a_failure_and_not_a_trace_on_stdout(run):
    code, messages = run(None, text="{")
    assert code == 3
    assert messages == [{"error": messages[0]["error"]}]


def test_a_spare_that_is_never_asked_ends_quietly(run):
    assert run(None, text="") == (0, [])


def test_a_spare_is_locked_up_and_loads_before_it_waits(run, locks, monkeypatch):
    class Waiting(io.StringIO):
        def read(self):
            locks.append("waits")
            return ""

    run(None)
    locks.clear()
    monkeypatch.setattr(child, "_work", lambda: locks.append("loads"))
    monkeypatch.setattr(sys, "stdin", Waiting())
    monkeypatch.setattr(sys, "argv", ["core", "--warm"])
    assert child.main() == 0
    assert locks == [("begin", Path.cwd()), "loads", "waits"]


def test_it_is_locked_up_for_what_it_is_asked_before_it_loads_and_works(run, locks, monkeypatch):
    def work(request, on_event):
        locks.append("works")

    text = json.dumps({"kind": "job", "request": {"text": "x"}})
    run(work, text=text)
    assert locks == [("within", Job(text="x"), Path.cwd(), None), "works"]


def test_a_spare_is_locked_up_a_second_time(run, locks, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["core", "--warm"])
    assert run(lambda *_: None)[0] == 0
    assert [(step[0], step[-1]) for step in locks] == [("begin", Path.cwd()), ("within", LOCKED)]


def test_it_works_in_the_folder_it_is_told(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "job").mkdir()
    text = json.dumps({"kind": "job", "request": {}, "folder": str(tmp_path / "job")})
    _, messages = run(lambda *_: str(Path.cwd()), text=text)
    assert messages == [{"result": str(tmp_path / "job")}]
