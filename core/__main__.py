"""The process that does the work: one request on stdin, events and the result on stdout.

Each line of output is a JSON object with one key: ``event``, ``result`` or ``error``. Exit codes:
0 done (or nothing was asked), 2 the input was not right, 3 the work failed. With ``--warm`` it
loads TensorFlow first and waits then. It is locked up before it loads TensorFlow, and before it
looks at what the request names: see `confinement`.
"""

import contextlib
import gc
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from . import confinement, errors, requests, sandbox
from .results import Event
from .sandbox import SandboxState

_WARM = "--warm"


def main() -> int:
    """Do the one piece of work that stdin asks for."""
    sandbox.die_with_parent()
    channel = _own_stdout()
    try:
        begun = _warm_up() if _WARM in sys.argv else None
        text = sys.stdin.read()
        if not text:  # whoever kept us as a spare has no work for us, or is gone
            return 0
        result = _answer(json.loads(text), begun, _reporter(channel))
    except errors.InvalidInput as error:
        return _fail(channel, error, 2)
    except errors.ProjectError as error:
        return _fail(channel, error, 3)
    except Exception:  # noqa: BLE001 - the border: a bug is told as such, its trace goes to the log
        traceback.print_exc()
        return _fail(channel, errors.InternalError(), 3)
    _tell(channel, {"result": result})
    return 0


def _warm_up() -> SandboxState:
    begun = confinement.begin(Path.cwd())
    _work()
    return begun


def _answer(
    asked: Mapping[str, Any], begun: SandboxState | None, on_event: Callable[[Event], None]
) -> Any:
    kind = asked["kind"]
    request = requests.KINDS[kind].from_json(asked["request"])
    os.chdir(asked.get("folder", "."))
    with confinement.within(request, Path.cwd(), begun=begun):
        work = _work()
        _prepare_devices()
        return work[kind](request, on_event)


def _own_stdout() -> TextIO:
    """Standard output, for us alone: what libraries print goes to standard error."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return channel


def _work() -> Mapping[str, Callable[[Any, Callable[[Event], None]], Any]]:
    # Imported here because TensorFlow takes seconds: a request that cannot be read fails at once.
    with _no_garbage():
        from . import demo, diagnosing, trying, work

    def repair(request: requests.RepairRequest, on_event: Callable[[Event], None]) -> Any:
        reports = work.repair(request, on_event)
        return {name: item.to_json() for name, item in reports.items()}

    def evaluate(request: requests.EvaluateRequest, on_event: Callable[[Event], None]) -> Any:
        evaluation, choice = work.evaluate(request, on_event)
        return {"evaluation": evaluation.to_json(), "preprocessing": choice.to_json()}

    def diagnose(request: requests.DiagnoseRequest, on_event: Callable[[Event], None]) -> Any:
        return diagnosing.answer(request, on_event).to_json()

    def predict(request: requests.PredictRequest, on_event: Callable[[Event], None]) -> Any:
        return work.predict(request, on_event).tolist()

    def try_models(request: requests.TryRequest, on_event: Callable[[Event], None]) -> Any:
        return trying.answer(request, on_event).to_json()

    def make_demo(request: requests.DemoRequest, on_event: Callable[[Event], None]) -> Any:
        written = demo.make(request, on_event)
        return {role: str(path) for role, path in vars(written).items()}

    return {
        "repair": repair,
        "evaluate": evaluate,
        "diagnose": diagnose,
        "predict": predict,
        "try": try_models,
        "demo": make_demo,
    }


def _prepare_devices() -> None:
    """Not earlier: looking for GPUs may start threads, and older ones are not locked up as well."""
    from . import devices

    devices.prepare()


@contextlib.contextmanager
def _no_garbage() -> Iterator[None]:
    """What is made here is kept for good: looking through it again and again takes a second."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _reporter(channel: TextIO) -> Callable[[Event], None]:
    return lambda event: _tell(channel, {"event": event.to_json()})


def _fail(channel: TextIO, error: errors.ProjectError, exit_code: int) -> int:
    _tell(channel, {"error": errors.to_json(error)})
    return exit_code


def _tell(channel: TextIO, message: Mapping[str, Any]) -> None:
    channel.write(json.dumps(message, default=str) + "\n")
    channel.flush()


if __name__ == "__main__":
    exit_code = main()
    sys.stderr.flush()
    os._exit(exit_code)  # all is told and written; taking TensorFlow apart would take a second
