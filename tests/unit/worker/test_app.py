"""What `celery -A worker.app` imports knows the task, and never loads TensorFlow."""

import os
import subprocess
import sys


def test_it_knows_the_one_task_and_loads_no_tensorflow(tmp_path):
    program = (
        "import sys, worker.app; print('netmend.work' in worker.app.app.tasks);"
        "print({'tensorflow', 'tf_keras', 'h5py', 'flask'} & set(sys.modules))"
    )
    environment = {**os.environ, "NETMEND_STATE_FOLDER": str(tmp_path)}
    command = [sys.executable, "-c", program]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert ended.stdout.split("\n")[:2] == ["True", "set()"], ended.stderr


def test_without_a_lock_that_is_required_no_worker_starts(tmp_path):
    program = (
        "from core.sandbox import landlock; landlock.version = lambda: 0\n"
        "from core.errors import SandboxMissing\n"
        "try: import worker.app\n"
        "except SandboxMissing as error: print(error)\n"
    )
    environment = {
        **os.environ, "NETMEND_STATE_FOLDER": str(tmp_path), "NETMEND_REQUIRE_SANDBOX": "1"
    }  # fmt: skip
    command = [sys.executable, "-c", program]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert "no landlock, seccomp on" in ended.stdout, ended.stderr
