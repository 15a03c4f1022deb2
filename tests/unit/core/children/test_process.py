"""A child is listened to while it runs, and never outlives its use."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core import errors
from core.children import process
from core.results import Event


def converse(folder, program, *, request=None, on_event=lambda _: None, time_limit_s=30.0):
    command = [sys.executable, "-c", program]
    return process.converse(
        command, request or {}, folder, on_event=on_event, time_limit_s=time_limit_s
    )


def runs(pid):
    """Whether a process runs; one that only waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def all_end(pids, patience_s=5):
    """Whether processes that were killed are gone soon: the kernel takes a moment."""
    deadline = time.monotonic() + patience_s
    while any(runs(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not any(runs(pid) for pid in pids)


#: Starts a program of its own, writes down both ids, and then hangs.
HANG = """
import os, subprocess, sys, time
other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
open("ids", "w").write(f"{os.getpid()} {other.pid}")
print('{"event": {"stage": "hang"}}', flush=True)
time.sleep(60)
"""


def ids(folder):
    return [int(pid) for pid in (folder / "ids").read_text().split()]


def test_the_request_comes_back_as_the_result(tmp_path):
    echo = "import json, sys; print(json.dumps({'result': json.load(sys.stdin)}))"
    request = {"text": "ä" * 500_000}
    assert converse(tmp_path, echo, request=request) == request


def test_events_are_passed_on_in_order_and_noise_is_not(tmp_path):
    program = """
print('{"event": {"stage": "prune", "current": 1}}', flush=True)
print('W0000 something a library says')
for noise in ('3', 'null', '"event"', '{"event": 3}', '{"other": 1}', '[]'): print(noise)
print('{"event": {"stage": "prune", "current": 2}}')
print('{"result": null}')
"""
    told = []
    assert converse(tmp_path, program, on_event=told.append) is None
    assert told == [Event(stage="prune", current=1), Event(stage="prune", current=2)]


def test_events_come_while_the_child_still_runs(tmp_path):
    def stop(event):
        assert runs(ids(tmp_path)[0])
        raise errors.Canceled

    with pytest.raises(errors.Canceled):
        converse(tmp_path, HANG, on_event=stop)


def test_an_error_comes_back_as_its_class(tmp_path):
    error = errors.to_json(errors.CorruptFile("broken", place="/data"))
    program = f"print({json.dumps({'error': error})!r}); raise SystemExit(2)"
    with pytest.raises(errors.CorruptFile, match="broken") as caught:
        converse(tmp_path, program)
    assert caught.value.details == {"place": "/data"}


def test_a_bug_brings_the_trace_along(tmp_path):
    error = errors.to_json(errors.InternalError())
    program = f"import sys; sys.stderr.write('a trace'); print({json.dumps({'error': error})!r})"
    with pytest.raises(errors.InternalError) as caught:
        converse(tmp_path, program)
    assert "a trace" in caught.value.__notes__[0]


def test_a_hanging_child_is_killed_at_its_time_limit(tmp_path):
    started = time.monotonic()
    with pytest.raises(errors.TimeLimitExceeded, match=r"time limit of 1\.5 s"):
        converse(tmp_path, HANG, time_limit_s=1.5)
    assert time.monotonic() - started < 6
    assert all_end(ids(tmp_path))


def test_a_child_that_talks_without_end_is_killed_too(tmp_path):
    with pytest.raises(errors.TimeLimitExceeded):
        converse(tmp_path, "while True: print('noise')", time_limit_s=1.0)


def test_a_child_that_hangs_after_its_result_is_killed(tmp_path, monkeypatch):
    monkeypatch.setattr(process, "_FAREWELL_S", 0.2)
    program = """
import os, time
os.write(1, b'{"result": 1}\\n')
os.close(1), os.close(2)
time.sleep(60)
"""
    with pytest.raises(errors.TimeLimitExceeded):
        converse(tmp_path, program, time_limit_s=None)


def test_an_interrupted_caller_kills_the_whole_group(tmp_path):
    def interrupt(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        converse(tmp_path, HANG, on_event=interrupt)
    assert all_end(ids(tmp_path))


def test_what_a_child_left_running_is_killed(tmp_path):
    program = HANG.replace("time.sleep(60)\n", "print('{\"result\": 1}')\n")
    program = program.replace('sleep(60)"]', 'sleep(60)"], stdout=-3, stderr=-3')
    assert converse(tmp_path, program) == 1
    assert all_end(ids(tmp_path))


def test_a_killed_child_is_told_with_the_signal(tmp_path):
    with pytest.raises(errors.ChildFailed, match="killed by SIGKILL"):
        converse(tmp_path, "import os; os.kill(os.getpid(), 9)")


def test_a_child_out_of_processor_time_is_over_its_limit(tmp_path):
    with pytest.raises(errors.TimeLimitExceeded, match="processor time"):
        converse(tmp_path, "import os, signal; os.kill(os.getpid(), signal.SIGXCPU)")


def test_an_exit_without_result_is_told_with_code_and_last_line(tmp_path):
    program = "import sys; sys.stderr.write('first\\nlast'); raise SystemExit(7)"
    with pytest.raises(errors.ChildFailed, match="exit code 7; last") as caught:
        converse(tmp_path, program)
    assert caught.value.details == {"exit_code": 7, "stderr": "first\nlast"}


def test_only_the_end_of_standard_error_is_kept(tmp_path):
    program = "import sys; sys.stderr.write('x' * 10**6 + 'end')"
    with pytest.raises(errors.ChildFailed) as caught:
        converse(tmp_path, program)
    assert len(caught.value.details["stderr"]) == 2**14
    assert caught.value.details["stderr"].endswith("end")


def test_a_result_does_not_excuse_a_bad_end(tmp_path):
    with pytest.raises(errors.ChildFailed, match="exit code 1"):
        converse(tmp_path, "print('{\"result\": 1}'); raise SystemExit(1)")


def test_a_line_without_end_is_cut_short(tmp_path, monkeypatch):
    monkeypatch.setattr("core.children.transcript._MAX_LINE_BYTES", 1000)
    with pytest.raises(errors.ChildFailed, match="without end"):
        converse(tmp_path, "import sys\nwhile True: sys.stdout.write('x')")


def test_the_child_runs_in_the_folder(tmp_path):
    program = "import json, os; print(json.dumps({'result': os.getcwd()}))"
    assert converse(tmp_path, program) == str(tmp_path)


def test_modules_planted_in_the_folder_are_not_imported(tmp_path):
    (tmp_path / "json.py").write_text("raise SystemExit('planted')")
    command = [*process.python_module("json.tool"), "--help"]
    subprocess.run(command, cwd=tmp_path, env={}, check=True, capture_output=True)


def test_the_environment_has_no_secrets(tmp_path):
    ours = {
        "PATH": "/bin", "TF_XLA_FLAGS": "a", "CUDA_VISIBLE_DEVICES": "0",
        "NETMEND_REQUIRE_SANDBOX": "1", "NETMEND_LOG_LEVEL": "info",
        "NETMEND_SECRET_KEY": "s", "NETMEND_DATABASE_URL": "s", "AWS_ACCESS_KEY_ID": "s",
        "HOME": "/home/me", "LD_PRELOAD": "evil.so", "PYTHONPATH": "/tmp",
    }  # fmt: skip
    assert process.environment(ours) == {
        "PATH": "/bin", "TF_XLA_FLAGS": "a", "CUDA_VISIBLE_DEVICES": "0",
        "NETMEND_REQUIRE_SANDBOX": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3", "TF_USE_LEGACY_KERAS": "1",
        "KERAS_HOME": "/dev/null/keras", "OPENBLAS_NUM_THREADS": "1", "HDF5_PLUGIN_PRELOAD": "::",
    }  # fmt: skip


def test_a_log_level_of_ours_is_passed_on():
    assert process.environment({"TF_CPP_MIN_LOG_LEVEL": "0"})["TF_CPP_MIN_LOG_LEVEL"] == "0"


def test_starting_children_loads_neither_h5py_nor_tensorflow():
    program = "import core.children, sys; print({'h5py', 'tensorflow'} & set(sys.modules))"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ended.stdout == "set()\n"


#: Ends in its own time when asked to, and says so.
POLITE = """
import signal, sys, time
def leave(*_):
    open("farewell", "w").write("done")
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
print('{"event": {"stage": "hang"}}', flush=True)
time.sleep(60)
"""
STUBBORN = HANG.replace("import os,", "import os, signal,").replace(
    "other =", "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nother ="
)


def ended_on_event(folder, program, *, patience_s):
    """How long it takes to end a child of ours once it has said something."""
    told = []

    def watch(child):
        if told:
            child.end(patience_s=patience_s)
            raise errors.Canceled

    command = [sys.executable, "-c", program]
    started = time.monotonic()
    with pytest.raises(errors.Canceled):
        process.converse(command, {}, folder, on_event=told.append, time_limit_s=30.0, watch=watch)
    return time.monotonic() - started


def test_a_watch_may_end_a_child_that_has_nothing_to_say(tmp_path):
    assert ended_on_event(tmp_path, HANG, patience_s=0) < 5
    assert all_end(ids(tmp_path))


def test_a_child_is_given_time_to_leave(tmp_path):
    assert ended_on_event(tmp_path, POLITE, patience_s=10) < 5
    assert (tmp_path / "farewell").exists()


def test_a_child_that_stays_is_killed_with_all_it_started(tmp_path):
    assert 1 < ended_on_event(tmp_path, STUBBORN, patience_s=1) < 6
    assert all_end(ids(tmp_path))


def test_a_child_that_does_not_read_does_not_hold_its_caller_up(tmp_path):
    with pytest.raises(errors.TimeLimitExceeded):
        converse(
            tmp_path, "import time; time.sleep(60)", request={"a": "x" * 2**20}, time_limit_s=0.5
        )


def test_a_child_that_hangs_after_its_result_is_still_watched(tmp_path):
    program = "import os, time\nos.write(1, b'{}'), os.close(1), os.close(2)\ntime.sleep(60)"
    calls = []

    def watch(child):
        calls.append(child.pid)
        if len(calls) > 10:
            raise errors.Canceled

    command = [sys.executable, "-c", program]
    with pytest.raises(errors.Canceled):
        process.converse(
            command, {}, tmp_path, on_event=calls.append, time_limit_s=None, watch=watch
        )


def test_a_program_that_cannot_be_started_is_told(tmp_path):
    with pytest.raises(errors.ChildFailed, match="could not be started: No such file") as refusal:
        process.Child([tmp_path / "none"], tmp_path)
    assert refusal.value.details["is_started"] is False
