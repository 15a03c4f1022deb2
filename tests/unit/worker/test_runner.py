"""Each request has a child of its own, and the next child is started early."""

import sys

import pytest

from core import errors
from core.children import Child
from worker.runner import Runner

ECHO = """
import json, os, sys
request = json.load(sys.stdin)
if request["kind"] == "hang":
    import time
    time.sleep(60)
print(json.dumps({"result": [os.getpid(), request["folder"]]}))
"""


@pytest.fixture
def started():
    return []


@pytest.fixture
def runner(tmp_path, started):
    def start(folder):
        started.append(Child([sys.executable, "-c", ECHO], folder))
        return started[-1]

    runner = Runner(tmp_path / "spares", start=start)
    yield runner
    runner.close()


def ask(runner, folder, kind="echo", watch=lambda _: None):
    return runner.run(
        {"kind": kind}, folder=folder, on_event=lambda _: None, watch=watch, time_limit_s=30
    )


def test_a_request_goes_to_the_spare_and_the_next_one_starts(runner, started, tmp_path):
    runner.warm()
    runner.warm()
    assert len(started) == 1
    assert ask(runner, tmp_path) == [started[0].pid, str(tmp_path)]
    assert len(started) == 2
    assert started[1].is_running()


def test_without_a_spare_one_is_started(runner, started, tmp_path):
    assert ask(runner, tmp_path)[0] == started[0].pid


def test_a_spare_that_died_is_replaced(runner, started, tmp_path):
    runner.warm()
    started[0].end()
    assert ask(runner, tmp_path)[0] == started[1].pid


def test_what_the_watch_raises_ends_the_child_and_not_the_spare(runner, started, tmp_path):
    def refuse(_):
        raise errors.Canceled

    with pytest.raises(errors.Canceled):
        ask(runner, tmp_path, "hang", watch=refuse)
    assert [child.is_running() for child in started] == [False, True]


def test_closing_ends_the_spare(runner, started):
    runner.warm()
    runner.close()
    assert not started[0].is_running()
    runner.close()


def test_a_result_does_not_suffer_from_a_spare_that_cannot_be_started(started, tmp_path):
    def start_once(folder):
        if started:
            raise errors.ChildFailed("too many processes", is_started=False)
        started.append(Child([sys.executable, "-c", ECHO], folder))
        return started[-1]

    runner = Runner(tmp_path / "spares", start=start_once)
    assert ask(runner, tmp_path) == [started[0].pid, str(tmp_path)]
    with pytest.raises(errors.ChildFailed):
        ask(runner, tmp_path)


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()
    runner = Runner(tmp_path / "file" / "spares")
    runner.warm()
    with pytest.raises(errors.OutputNotWritable):
        ask(runner, tmp_path)
