"""A locked process reaches nothing but what it was left with."""

import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core import errors, sandbox
from core.sandbox import places as places_of

#: Locks itself up, then tries something; prints what came of it.
LOCKED = """
import ctypes, json, os, resource, signal, socket, sys, threading
from pathlib import Path
from core import sandbox

readable, writable, secret = map(Path, sys.argv[1:4])
state = sandbox.lock([readable], [writable])
try:
    {attempt}
    outcome = "done"
except OSError as error:
    outcome = type(error).__name__
print(json.dumps([outcome, state.landlock_abi, state.seccomp]))
"""
LIMITED = """
from core import sandbox
sandbox.limit(sandbox.Limits(cpu_s=1, memory_bytes=2**30, file_bytes=10_000, open_files=20))
{attempt}
"""
#: Starts a process that dies with it, and prints its id.
PARENT = """
import subprocess, sys, time
program = "import os, time; from core import sandbox; sandbox.die_with_parent(); " \\
    "print(os.getpid(), flush=True); time.sleep(60)"
subprocess.run([sys.executable, "-c", program])
"""

INTAKE_WITHOUT_LANDLOCK = """
from core.sandbox import landlock
landlock.version = lambda: 0
from core import ingest
ingest.main()
"""

FILES = {
    "reading another file": "secret.read_text()",
    "reading through a symbolic link": "(writable / 'link').read_text()",
    "listing another folder": "os.listdir(secret.parent)",
    "reading its own environment": "Path('/proc/self/environ').read_bytes()",
    "writing another file": "secret.write_text('x')",
    "writing what it may read": "readable.write_text('x')",
    "removing what it may read": "readable.unlink()",
    "making a file elsewhere": "(secret.parent / 'new').write_text('x')",
    "moving a file out": "(writable / 'own').rename(secret.parent / 'new')",
    "using a device": "open('/dev/full', 'r+b', buffering=0)",
}
CALLS = {
    "opening a socket": "socket.socket()",
    "opening a local socket": "socket.socket(socket.AF_UNIX)",
    "starting a program": "os.execv('/bin/true', ['true'])",
    "forking": "os.fork()",
    "making a symbolic link": "os.symlink('/etc', writable / 'etc')",
    "making a namespace": "if ctypes.CDLL(None).unshare(0x10000000): raise PermissionError",
    "opening a file to all": "os.chmod(secret, 0o777)",
    "a signal to others": "os.kill(os.getppid(), 0)",
    "a signal to all": "os.kill(-1, 0)",
    "limits of others": "resource.prlimit(os.getppid(), resource.RLIMIT_CORE, (0, 0))",
}


@pytest.fixture
def places(tmp_path):
    """A file to read, a folder to write into, and a secret."""
    (tmp_path / "upload").write_text("upload")
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "own").write_text("own")
    (tmp_path / "out" / "link").symlink_to(tmp_path / "secret")
    return [tmp_path / "upload", tmp_path / "out", tmp_path / "secret"]


@pytest.mark.parametrize("attempt", FILES.values(), ids=FILES)
def test_a_locked_process_is_kept_from(places, attempt):
    outcome, landlock_abi, _ = run(LOCKED, attempt, *places)
    if not landlock_abi:
        pytest.skip("this kernel has no Landlock")
    assert outcome == "PermissionError"
    assert places[0].read_text() == "upload"
    assert places[2].read_text() == "secret"


@pytest.mark.parametrize("attempt", CALLS.values(), ids=CALLS)
def test_a_locked_process_may_not_call_for(places, attempt):
    outcome, _, seccomp = run(LOCKED, attempt, *places)
    if not seccomp:
        pytest.skip("this kernel or machine has no seccomp filter of ours")
    assert outcome == "PermissionError"


@pytest.mark.parametrize(
    "attempt",
    [
        "assert readable.read_text() == 'upload'",
        "(writable / 'new').write_text('x')",
        "(writable / 'folder').mkdir()",
        "(writable / 'own').unlink()",
        "threading.Thread(target=abs, args=[1]).start()",
        "os.kill(os.getpid(), 0)",
        "signal.raise_signal(signal.SIGCHLD)",
        "resource.setrlimit(resource.RLIMIT_CORE, (0, 0))",
    ],
)
def test_a_locked_process_can_still_work(places, attempt):
    assert run(LOCKED, attempt, *places)[0] == "done"


def test_a_lock_cannot_be_opened_by_another_one(places):
    attempt = "sandbox.lock([secret], []); secret.read_text()"
    outcome, landlock_abi, _ = run(LOCKED, attempt, *places)
    assert outcome == "PermissionError" or not landlock_abi


def test_a_path_that_is_not_there_cannot_be_allowed(tmp_path):
    missing = [tmp_path / name for name in ("upload", "out", "secret")]
    assert "FileNotFoundError" in start(LOCKED.format(attempt="pass"), *missing).stderr


def test_a_second_lock_leaves_less(places):
    attempt = "sandbox.narrow([readable], []); readable.read_text(); (writable / 'n').touch()"
    outcome, landlock_abi, _ = run(LOCKED, attempt, *places)
    assert outcome == "PermissionError" or not landlock_abi
    assert not (places[1] / "n").exists() or not landlock_abi


def test_other_systems_are_reported_as_without_lock(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert sandbox.lock([], [tmp_path]) == sandbox.SandboxState(0, seccomp=False)


def test_what_is_offered_is_what_a_lock_comes_to(places):
    offered = sandbox.offered()
    assert run(LOCKED, "pass", *places)[1:] == [offered.landlock_abi, offered.seccomp]


@pytest.mark.parametrize(("value", "wanted"), [("1", True), ("TRUE", True), ("0", False), ("", 0)])
def test_the_environment_may_require_it(monkeypatch, value, wanted):
    monkeypatch.setenv(sandbox.VARIABLE, value)
    assert sandbox.is_required() == wanted


@pytest.mark.parametrize("state", [(0, True), (7, False), (0, False)])
def test_what_is_missing_is_refused_where_it_is_required(state):
    missing = sandbox.SandboxState(state[0], seccomp=state[1])
    sandbox.refuse_if_missing(missing, is_required=False)
    with pytest.raises(errors.SandboxMissing, match=r"no landlock|no seccomp"):
        sandbox.refuse_if_missing(missing, is_required=True)


def test_a_lock_that_is_required_and_cannot_be_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setenv(sandbox.VARIABLE, "1")
    with pytest.raises(errors.SandboxMissing):
        sandbox.lock([], [tmp_path])


def test_where_it_is_required_no_upload_is_looked_at_without_it(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "upload").write_text("anything")
    limits = {"cpu_s": 9, "memory_bytes": 2**33, "file_bytes": 2**20, "open_files": 64}
    asked = {
        "kind": "model", "name": "upload", "paths": [str(tmp_path / "upload")],
        "folder": str(tmp_path / "out"), "limits": limits,
    }  # fmt: skip
    command = [sys.executable, "-c", INTAKE_WITHOUT_LANDLOCK]
    environment = {**os.environ, sandbox.VARIABLE: "1"}
    ended = subprocess.run(
        command, input=json.dumps(asked), env=environment, capture_output=True, text=True
    )
    assert json.loads(ended.stdout)["error"]["code"] == "sandbox-missing"


def test_nothing_of_the_machine_is_named_that_is_not_there(tmp_path):
    named = places_of.libraries({"LD_LIBRARY_PATH": f"{tmp_path}:/:relative:{tmp_path}/missing"})
    assert tmp_path in named
    assert {Path("/"), Path("relative"), tmp_path / "missing"}.isdisjoint(named)
    assert all(path.exists() for path in named)


def test_a_gpu_is_left_to_those_who_may_use_it(monkeypatch, tmp_path):
    monkeypatch.setattr(places_of, "_GPU", tmp_path)
    shown, hidden = places_of.libraries({}), places_of.libraries({"CUDA_VISIBLE_DEVICES": "-1"})
    assert Path("/proc/self/maps") in set(shown) - set(hidden)


def test_too_much_processor_time_is_the_end():
    assert start(LIMITED.format(attempt="while True: pass")).returncode == -signal.SIGXCPU


def test_too_much_memory_is_an_error():
    ended = start(LIMITED.format(attempt="bytearray(2**31)"))
    assert ended.stderr.splitlines()[-1] == "MemoryError"


def test_too_large_a_file_is_an_error(tmp_path):
    attempt = f"open({str(tmp_path / 'big')!r}, 'wb').write(bytes(20_000))"
    assert "File too large" in start(LIMITED.format(attempt=attempt)).stderr


def test_too_many_files_are_an_error():
    attempt = "kept = [open('/dev/null') for _ in range(30)]"
    assert "Too many open files" in start(LIMITED.format(attempt=attempt)).stderr


def test_a_crash_leaves_no_core_dump():
    attempt = "import resource; assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)"
    assert start(LIMITED.format(attempt=attempt)).returncode == 0


def test_a_child_dies_with_its_parent():
    command = [sys.executable, "-c", PARENT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        child = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
    ended, _, _ = select.select([child], [], [], 10)
    os.close(child)
    assert ended


def run(program, attempt, *arguments):
    return json.loads(start(program.format(attempt=attempt), *arguments).stdout.splitlines()[-1])


def start(program, *arguments):
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)
