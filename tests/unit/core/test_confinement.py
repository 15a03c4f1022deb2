"""The child that does the work keeps what its request names, and nothing of other jobs."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core import sandbox

#: Waits in the folder of all jobs, is given one, tries something, and says what came of it.
SPARE = """
import json, os, sys, tempfile, threading
from pathlib import Path
from core import confinement, errors
from core.requests import PredictRequest, RepairRequest, RepairOptions, TestInputs

jobs = Path.cwd()
own, other = jobs / "a.1", jobs / "b.1"
request = RepairRequest(
    model=str(own / "model"), clean_validation=str(own / "not there"), tests=TestInputs(),
    options=RepairOptions(method=""), output=str(own / "results"),
)
def attempt():
    {attempt}
def outcome():
    try:
        return attempt() or "done"
    except OSError as error:
        return type(error).__name__
try:
    begun = {begin}
    with confinement.within(request, own, begun=begun):
        came = outcome()
except errors.ProjectError as error:
    came = error.code
print(json.dumps(came))
"""
WARM, COLD = "confinement.begin(jobs)", "None"
#: A thread that was there before the job was named.
WITH_A_THREAD = """(
        confinement.begin(jobs),
        threading.Thread(target=threading.Event().wait, daemon=True).start(),
    )[0]"""

needs_sandbox = pytest.mark.skipif(
    not sandbox.offered().is_complete, reason="this kernel does not lock processes up"
)


@pytest.fixture
def jobs(tmp_path):
    for place in ("jobs/a.1/model", "jobs/a.1/results", "jobs/b.1"):
        (tmp_path / place).mkdir(parents=True)
    (tmp_path / "jobs/a.1/model/spec").write_text("own")
    (tmp_path / "jobs/b.1/spec").write_text("other")
    (tmp_path / "netmend.sqlite").write_text("rows")
    return tmp_path / "jobs"


def run(jobs, attempt, *, begin=WARM, **variables):
    program = SPARE.format(attempt=attempt, begin=begin)
    return subprocess.run(
        [sys.executable, "-c", program], cwd=jobs, env={**os.environ, **variables},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def came(jobs, attempt, **how):
    ended = run(jobs, attempt, **how)
    assert ended.stdout, ended.stderr
    return json.loads(ended.stdout)


@needs_sandbox
@pytest.mark.parametrize("begin", [WARM, COLD], ids=["warm", "cold"])
@pytest.mark.parametrize(
    "attempt",
    [
        "(other / 'spec').read_text()",
        "(jobs.parent / 'netmend.sqlite').read_text()",
        "os.listdir(jobs)",
        "(own / 'model' / 'spec').write_text('x')",
        "(own / 'new').write_text('x')",
        "(jobs / 'new').write_text('x')",
        "Path('/etc/passwd').read_text()",
        "Path('/proc/self/environ').read_bytes()",
        "os.fork()",
    ],
)
def test_a_job_is_kept_from(jobs, attempt, begin):
    assert came(jobs, attempt, begin=begin) == "PermissionError"


@pytest.mark.parametrize("begin", [WARM, COLD], ids=["warm", "cold"])
@pytest.mark.parametrize(
    "attempt",
    [
        "return (own / 'model' / 'spec').read_text()",
        "(own / 'results' / 'new').write_text('x')",
        "tempfile.TemporaryFile().close()",
        "import wave; open(os.devnull, 'w').close()",
        "Path('/proc/self/cmdline').read_bytes()",
        "thread = threading.Thread(target=abs, args=[1]); thread.start(); thread.join()",
    ],
)
def test_a_job_can_still(jobs, attempt, begin):
    assert came(jobs, attempt, begin=begin) in {"own", "done"}


def test_what_a_request_names_may_be_missing(jobs):
    assert came(jobs, "Path(request.clean_validation).read_text()") == "FileNotFoundError"


def test_temporary_files_lie_with_the_job_and_are_gone_with_it(jobs):
    place = came(jobs, "return tempfile.mkstemp()[1]")
    assert place.startswith(f"{jobs}/a.1/.scratch-")
    assert not Path(place).exists()


def test_a_folder_that_nothing_can_be_written_in_is_told(jobs):
    shutil.rmtree(jobs / "a.1")
    assert came(jobs, "pass") == "output-not-writable"


def test_how_a_job_is_locked_up_stands_in_its_log(jobs):
    state = sandbox.offered()
    assert f"sandbox: {state}\n" in run(jobs, "pass").stderr


def test_a_core_dump_is_never_written(jobs):
    attempt = "import resource; return list(resource.getrlimit(resource.RLIMIT_CORE))"
    assert came(jobs, attempt) == [0, 0]


@pytest.mark.skipif(sandbox.landlock.reaches_all_threads(), reason="this kernel locks them all")
@needs_sandbox
def test_a_thread_that_is_older_than_the_job_is_told_of(jobs):
    told = run(jobs, "pass", begin=WITH_A_THREAD).stderr
    assert "1 threads are older, and reach the folders of other jobs" in told


@pytest.mark.skipif(sandbox.landlock.reaches_all_threads(), reason="this kernel locks them all")
@needs_sandbox
def test_where_the_lock_is_required_such_a_thread_is_refused(jobs):
    variables = {sandbox.VARIABLE: "1"}
    assert came(jobs, "pass", begin=WITH_A_THREAD, **variables) == "sandbox-missing"


@needs_sandbox
def test_where_the_lock_is_required_and_complete_work_goes_on(jobs):
    assert came(jobs, "pass", **{sandbox.VARIABLE: "1"}) == "done"


def test_without_landlock_a_required_lock_refuses_the_work(jobs):
    without = "[setattr(confinement.sandbox.locking.landlock, 'version', int), None][1]"
    told = came(jobs, "pass", begin=without, **{sandbox.VARIABLE: "1"})
    assert told == "sandbox-missing"
