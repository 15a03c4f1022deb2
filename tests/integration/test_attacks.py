"""A job that attacks its worker gets at nothing; the real child, locked as for a repair."""

import json
import os
import subprocess
import sys

import pytest

from core import sandbox
from tests.attacks import attempts, child, scene

needs_sandbox = pytest.mark.skipif(
    not sandbox.offered().is_complete, reason="this kernel does not lock processes up"
)

#: Makes the attempts without any lock, and prints what came of each.
UNLOCKED = """
import json, sys
from tests.attacks import attempts
targets = attempts.Targets.from_json(json.loads(sys.argv[1]))
names = [*attempts.READ, "write to the database", "write to its own input", "link to the database",
    "open the database to everybody", "TCP to 127.0.0.1", "a pair of sockets", "start a shell",
    "start a child", "signal to everybody", "a handle on the worker"]
print(json.dumps({name: attempts.outcome(attempts.ALL[name], targets) for name in names}))
"""


@pytest.fixture(scope="module")
def attack():
    """What `make attack` prints, in a process that has secrets."""
    environment = {**os.environ, **scene.SECRETS}
    command = [sys.executable, "-m", "tests.attacks"]
    return subprocess.run(
        command, env=environment, cwd=child.REPOSITORY, capture_output=True, text=True, timeout=300
    )


@needs_sandbox
@pytest.mark.slow
def test_every_attempt_is_denied_from_every_thread(attack):
    assert attack.returncode == 0, attack.stdout + attack.stderr
    n_tried = 2 * len(attempts.ALL) + 2 * 8
    assert f"{n_tried} of {n_tried} attempts denied" in attack.stdout
    assert "HARM" not in attack.stdout


@needs_sandbox
@pytest.mark.slow
def test_the_log_of_the_job_says_how_it_was_locked_up(attack):
    assert attack.stdout.startswith(f"sandbox: {sandbox.offered()}\n")


@pytest.mark.slow
def test_a_job_that_shows_its_environment_shows_no_secret(attack):
    (variables,) = [line for line in attack.stdout.splitlines() if "variables that" in line]
    assert "TMPDIR" in variables
    assert set(scene.SECRETS).isdisjoint(variables.replace(",", "").split())
    assert scene.SECRET not in attack.stdout


@pytest.mark.skipif(os.getuid() != 0, reason="only root may do all of it without a lock")
def test_without_the_lock_the_attempts_get_through(tmp_path):
    with scene.prepared(tmp_path) as (targets, _):
        told = json.dumps(targets.to_json())
        ended = subprocess.run(
            [sys.executable, "-c", UNLOCKED, told], cwd=child.REPOSITORY, capture_output=True
        )
    outcomes = json.loads(ended.stdout)
    assert {name: came for name, came in outcomes.items() if came != "DONE"} == {}
