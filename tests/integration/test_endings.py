"""However a repair ends, nothing half done is left."""

import functools
import resource
import signal
import subprocess
import time

import pytest

import netmend
from tests.integration import command_line as cli

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def repair(tmp_path_factory):
    """Options of a whole repair; it trains for minutes if it is let."""
    files = netmend.make_demo(tmp_path_factory.mktemp("demo"))
    return [
        "repair", files.model, "--clean-validation", files.clean_validation,
        "--clean-test", files.clean_test, "--poisoned-test", files.poisoned_test,
        "--method", "fine-pruning",
    ]  # fmt: skip


@pytest.fixture
def tmpfs(tmp_path):
    """A file system with room for the inputs, and not for the results."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", folder]
    done = subprocess.run(mount, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"cannot mount a small file system: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_leaves_nothing(repair, tmpfs):
    done = cli.netmend(*repair, "--set", "epochs=1", "--quiet", "-o", tmpfs / "out")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "No space left on device" in line
    assert list(tmpfs.iterdir()) == []


def test_a_limit_on_the_size_of_files_leaves_nothing(repair, tmp_path):
    limit = functools.partial(resource.setrlimit, resource.RLIMIT_FSIZE, (150_000, 150_000))
    done = cli.netmend(
        *repair, "--set", "epochs=1", "--quiet", "-o", tmp_path / "out", preexec_fn=limit
    )
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "File too large" in line
    assert list(tmp_path.iterdir()) == []


def _interruptible():
    """What a shell runs in the background ignores Ctrl-C, and so would what it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_ends_the_children_and_leaves_nothing(repair, sent, tmp_path):
    command = [cli.NETMEND, *repair, "--set", "epochs=1000", "-o", tmp_path / "out"]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, preexec_fn=_interruptible
    )
    assert _has_begun_to_train(process)
    assert cli.processes_below(tmp_path)
    process.send_signal(sent)
    _, last_words = process.communicate(timeout=20)
    assert process.returncode == 130
    assert last_words.splitlines()[-1] == "error: interrupted; nothing was written"
    assert list(tmp_path.iterdir()) == []
    assert cli.processes_below(tmp_path) == []


def test_killing_the_command_kills_its_children(repair, tmp_path):
    command = [cli.NETMEND, *repair, "--set", "epochs=1000", "-o", tmp_path / "out"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert _has_begun_to_train(process)
    process.kill()
    process.communicate(timeout=20)
    assert _within(10, lambda: cli.processes_below(tmp_path) == [])
    assert not (tmp_path / "out").exists()


def _has_begun_to_train(process):
    return any("fine-tune" in line for line in process.stderr)


def _within(seconds, claim):
    deadline = time.monotonic() + seconds
    while not claim() and time.monotonic() < deadline:
        time.sleep(0.1)
    return claim()
