import dataclasses
import os
import signal
import subprocess
import sys
import threading
import time

import psutil
import pytest

from netmend.embedded import errors
from netmend.embedded.supervision import Interrupts, Patience, Program, Supervisor

SLEEP = "import time; time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEP


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "logs").mkdir()
    return tmp_path


@pytest.fixture
def told():
    return []


@pytest.fixture
def supervised(folder, told):
    """Makes supervisors, and stops them at the end."""
    made = []

    def make(*tiers, **patience):
        supervisor = Supervisor(
            tiers,
            folder,
            interrupts=Interrupts(),
            tell=told.append,
            patience=Patience(**patience),
        )
        made.append(supervisor)
        return supervisor

    yield make
    for supervisor in made:
        supervisor._interrupts.count = 2
        supervisor.stop()


def test_processes_run_until_they_are_stopped(supervised):
    supervisor = supervised([_python("one", SLEEP)], [_python("two", SLEEP)])
    supervisor.start()
    assert len(_children()) == 2
    supervisor.stop()
    assert _children() == []


def test_a_tier_is_started_when_the_one_before_is_ready(supervised, folder):
    first = _python("first", "import time; time.sleep(0.3); open('ready', 'w').close(); " + SLEEP)
    first = _with(first, is_ready=(folder / "ready").exists)
    second = _python("second", "import os; print(os.path.exists('ready')); " + SLEEP)
    second = _with(second, is_ready=lambda: "True" in _log(folder, "second"))
    supervised([first], [second]).start()


def test_the_last_tier_is_stopped_first(supervised, folder):
    program = "import signal, time; signal.signal(signal.SIGTERM, lambda *_: (print({!r}, file=open('ends', 'a', 1)), exit()))\nprint('set', flush=True)\n{}"  # noqa: E501
    tiers = [
        [
            _with(
                _python(name, program.format(name, SLEEP)),
                is_ready=lambda name=name: "set" in _log(folder, name),
            )
        ]
        for name in ("first", "second")
    ]
    supervisor = supervised(*tiers)
    supervisor.start()
    supervisor.stop()
    assert (folder / "ends").read_text().split() == ["second", "first"]


def test_what_does_not_listen_is_killed(supervised):
    supervisor = supervised([_with(_python("deaf", STUBBORN), patience_s=0.5)])
    supervisor.start()
    time.sleep(0.3)
    supervisor.stop()
    assert _children() == []


def test_a_second_interrupt_kills_at_once(supervised):
    supervisor = supervised([_with(_python("deaf", STUBBORN), patience_s=60)])
    supervisor.start()
    time.sleep(0.3)
    supervisor._interrupts.count = 2
    began = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - began < 5


def test_what_a_process_started_ends_with_it(supervised, folder):
    program = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {SLEEP!r}]); print('on', flush=True); {SLEEP}"  # noqa: E501
    parent = _with(_python("parent", program), is_ready=lambda: "on" in _log(folder, "parent"))
    supervisor = supervised([parent])
    supervisor.start()
    family = psutil.Process().children(recursive=True)
    assert len(family) == 2
    supervisor.stop()
    _, alive = psutil.wait_procs(family, timeout=5)
    assert alive == []


def test_one_that_ends_is_started_again_and_told_of(supervised, told, folder):
    one = _python("one", "print('here', flush=True); " + SLEEP)
    supervisor = supervised([_with(one, is_ready=lambda: "here" in _log(folder, "one"))])
    supervisor.start()
    (child,) = _children()
    child.send_signal(signal.SIGKILL)
    _interrupt_when(supervisor, lambda: _log(folder, "one").count("here") == 2)
    supervisor.watch()
    assert told == ["one ended (signal 9); it is started again"]


def test_one_that_ends_again_and_again_is_given_up_with_its_last_words(supervised):
    supervisor = supervised(
        [_python("broken", "raise SystemExit('no such thing')")], max_quick_ends=2
    )
    supervisor.start()
    with pytest.raises(errors.ProcessKeepsEnding, match=r"broken ended 2 times .* no such thing"):
        supervisor.watch()


def test_one_that_never_gets_ready_is_given_up(supervised):
    never = _with(_python("slow", SLEEP), is_ready=lambda: False)
    with pytest.raises(errors.ProcessKeepsEnding, match=r"slow is not ready after 0\.2 s"):
        supervised([never], start_s=0.2).start()


def test_an_interrupt_ends_the_waiting_for_a_start(supervised):
    supervisor = supervised([_with(_python("slow", SLEEP), is_ready=lambda: False)])
    supervisor._interrupts.count = 1
    supervisor.start()


def test_signals_are_counted_and_their_handlers_put_back():
    before = signal.getsignal(signal.SIGTERM)
    interrupts = Interrupts()
    with interrupts.counted():
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.01)
    assert interrupts.count == 2
    assert signal.getsignal(signal.SIGTERM) is before


def test_processes_die_with_a_supervisor_that_is_killed(folder):
    program = f"""
from pathlib import Path
from netmend.embedded.supervision import *
child = Program(name="child", command={(sys.executable, "-c", SLEEP)!r})
supervisor = Supervisor([[child]], Path({str(folder)!r}), interrupts=Interrupts(), tell=print)
supervisor.start()
print("started", flush=True)
supervisor.watch()
"""
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as launcher:
        assert launcher.stdout.readline() == b"started\n"
        family = psutil.Process(launcher.pid).children()
        launcher.kill()
    _, alive = psutil.wait_procs(family, timeout=5)
    assert len(family) == 1
    assert alive == []


def _python(name, program):
    return Program(name=name, command=(sys.executable, "-c", program))


def _with(program, **changes):
    return dataclasses.replace(program, **changes)


def _children():
    return psutil.Process().children()


def _log(folder, name):
    path = folder / "logs" / f"{name}.log"
    return path.read_text() if path.exists() else ""


def _interrupt_when(supervisor, is_due):
    def wait():
        while not is_due():
            time.sleep(0.05)
        supervisor._interrupts.count = 1

    threading.Thread(target=wait, daemon=True).start()
