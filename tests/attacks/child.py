"""The child that does the work, with one more kind of work: to attack.

It is `core.__main__` from end to end, started, warmed up, locked and asked as for a repair.
"""

import os
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import __main__ as child
from core import requests
from core.requests import Request
from core.results import Event

from . import attempts
from .attempts import Targets

REPOSITORY = Path(__file__).parents[2]
_PROGRAM = "import sys; sys.path.insert(0, {!r}); from tests.attacks import child; child.main()"
#: From which threads: the one that does the work, and one of TensorFlow's that runs Python.
WORKER, TENSORFLOW = "the thread that works", "a thread of TensorFlow"
#: TensorFlow itself, without Python: from the thread that works, and from its own.
OPERATION, PIPELINE = "an operation of TensorFlow", "an operation in its thread pool"


@dataclass(frozen=True, kw_only=True)
class AttackRequest(Request):
    """Try everything; names the folders that a repair would be given."""

    targets: Targets
    results: str

    @property
    def reads(self) -> tuple[str, ...]:
        """An input of its own."""
        return (self.targets.own_input,)

    @property
    def writes(self) -> tuple[str, ...]:
        """Where results would be."""
        return (self.results,)


def command() -> list[str]:
    """How it is started; ``--warm`` is part of it."""
    return [sys.executable, "-I", "-P", "-c", _PROGRAM.format(str(REPOSITORY)), "--warm"]


def main() -> None:
    """Be the child."""
    ours = child._work
    requests.KINDS = {**requests.KINDS, "attack": AttackRequest}
    child._work = lambda: {**ours(), "attack": _attack}
    code = child.main()
    sys.stderr.flush()
    os._exit(code)


def _attack(request: AttackRequest, _: Callable[[Event], None]) -> Mapping[str, Any]:
    targets = request.targets
    by_tensorflow, threads = _in_a_thread_of_tensorflow(targets)
    return {
        "outcomes": {
            WORKER: _all(targets),
            TENSORFLOW: by_tensorflow,
            OPERATION: _operations(targets, _eagerly),
            PIPELINE: _operations(targets, _in_a_pipeline),
        },
        "can_work": _can_work(request),
        "main_thread": attempts.thread_id() in threads,
        "environment": dict(os.environ),
        "n_python_threads": threading.active_count(),
    }


def _all(targets: Targets) -> dict[str, str]:
    return {name: attempts.outcome(each, targets) for name, each in attempts.ALL.items()}


def _in_a_thread_of_tensorflow(targets: Targets) -> tuple[dict[str, str], set[int]]:
    """What comes of all attempts there, and the threads that made them."""
    import tensorflow as tf

    names, outcomes, threads = list(attempts.ALL), {}, set()

    def attempt(number: Any) -> Any:
        name = names[int(number)]
        threads.add(attempts.thread_id())
        outcomes[name] = attempts.outcome(attempts.ALL[name], targets)
        return number

    numbers = tf.data.Dataset.range(len(names))
    call = numbers.map(lambda n: tf.py_function(attempt, [n], tf.int64), num_parallel_calls=2)
    list(call)
    return outcomes, threads


def _operations(
    targets: Targets, run: Callable[[Callable[[Any], Any], str], object]
) -> dict[str, str]:
    import tensorflow as tf

    read, listed = tf.io.read_file, tf.io.matching_files

    def write(path: Any) -> Any:
        tf.io.write_file(path, "x")
        return path

    tried = {
        "read /etc/passwd": (read, "/etc/passwd"),
        "read the database": (read, targets.database),
        "read a file of another job": (read, targets.other_job),
        "read the environment of the worker": (read, f"/proc/{targets.parent}/environ"),
        "write to the folder for temporary files": (write, targets.marker),
        "write to the database": (write, targets.database),
        "write to its own input": (write, targets.own_input),
        "list the jobs": (listed, f"{Path(targets.own_job).parent}/*"),
    }
    return {name: _tensorflows(run, *each) for name, each in tried.items()}


def _tensorflows(
    run: Callable[[Callable[[Any], Any], str], object], operation: Callable[[Any], Any], path: str
) -> str:
    import tensorflow as tf

    try:
        found = run(operation, path)
    except tf.errors.PermissionDeniedError:
        return "denied"
    except tf.errors.OpError as error:
        return "denied" if "Permission denied" in str(error) else repr(error)
    return "DONE" if found is None or len(found) else "denied"  # it lists nothing


def _eagerly(operation: Callable[[Any], Any], path: str) -> Any:
    return operation(path).numpy()


def _in_a_pipeline(operation: Callable[[Any], Any], path: str) -> Any:
    import tensorflow as tf

    paths = tf.data.Dataset.from_tensors(path)
    (found,) = paths.map(operation, num_parallel_calls=2).as_numpy_iterator()
    return found


def _can_work(request: AttackRequest) -> bool:
    """What a repair does is still possible, or the lock proves nothing."""
    import tensorflow as tf

    written = Path(request.results, "written")
    tf.io.write_file(str(written), "x")
    own = tf.io.read_file(request.targets.own_input).numpy()
    return bool(own) and written.read_text() == "x"
