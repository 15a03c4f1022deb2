import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent / "stock_keras.py"
LIBRARIES = ("tf_keras", "keras")


@pytest.fixture(scope="session")
def stock_samples(tmp_path_factory):
    """Folder of models that each stock library wrote, by library."""
    folders = {library: tmp_path_factory.mktemp(library) for library in LIBRARIES}
    runs = [_started(library, "make", folder) for library, folder in folders.items()]
    assert [run.wait() for run in runs] == [0, 0]
    return folders


@pytest.fixture(scope="session")
def stock_answers(tmp_path_factory):
    """What both stock libraries predict: ``(jobs) -> {library: {job: scores or error}}``."""

    def answers(jobs):
        folder = tmp_path_factory.mktemp("jobs")
        paths = {library: folder / f"{library}.json" for library in LIBRARIES}
        for path in paths.values():
            path.write_text(json.dumps(jobs, default=str))
        runs = [_started(library, "predict", path) for library, path in paths.items()]
        assert [run.wait() for run in runs] == [0, 0]
        return {library: json.loads(path.read_text()) for library, path in paths.items()}

    return answers


def _started(library, task, path):
    # -I: no module of ours can be found.
    return subprocess.Popen([sys.executable, "-I", SCRIPT, library, task, path])
