"""The process that does the work: one request on stdin, events and the result on stdout.

Each line of output is a JSON object with one key: ``event``, ``result`` or ``error``. Exit codes:
0 done (or nothing was asked), 2 the input was not right, 3 the work failed. With ``--warm`` it
loads TensorFlow first and waits then.
"""

import contextlib
import gc
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TextIO

from . import errors, sandbox
from .results import Event

_WARM = "--warm"


def main() -> int:
    """Do the one piece of work that stdin asks for."""
    sandbox.die_with_parent()
    channel = _own_stdout()
    try:
        if _WARM in sys.argv:
            _work()
        text = sys.stdin.read()
        if not text:  # whoever kept us as a spare has no work for us, or is gone
            return 0
        request = json.loads(text)
        os.chdir(request.get("folder", "."))
        result = _work()[request["kind"]](request["request"], _reporter(channel))
    except errors.InvalidInput as error:
        return _fail(channel, error, 2)
    except errors.ProjectError as error:
        return _fail(channel, error, 3)
    except Exception:  # noqa: BLE001 - the border: a bug is told as such, its trace goes to the log
        traceback.print_exc()
        return _fail(channel, errors.InternalError(), 3)
    _tell(channel, {"result": result})
    return 0


def _own_stdout() -> TextIO:
    """Standard output, for us alone: what libraries print goes to standard error."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return channel


def _work() -> Mapping[str, Callable[[dict[str, Any], Callable[[Event], None]], Any]]:
    # Imported here because TensorFlow takes seconds: a request that cannot be read fails at once.
    with _no_garbage():
        from . import demo, devices, trying, work
        from .requests import (
            DemoRequest,
            EvaluateRequest,
            PredictRequest,
            RepairRequest,
            TryRequest,
        )

        devices.prepare()

    def repair(request: dict[str, Any], on_event: Callable[[Event], None]) -> Any:
        reports = work.repair(RepairRequest.from_json(request), on_event)
        return {name: item.to_json() for name, item in reports.items()}

    def evaluate(request: dict[str, Any], on_event: Callable[[Event], None]) -> Any:
        evaluation, choice = work.evaluate(EvaluateRequest.from_json(request), on_event)
        return {"evaluation": evaluation.to_json(), "preprocessing": choice.to_json()}

    def predict(request: dict[str, Any], on_event: Callable[[Event], None]) -> Any:
        return work.predict(PredictRequest.from_json(request), on_event).tolist()

    def try_models(request: dict[str, Any], on_event: Callable[[Event], None]) -> Any:
        return trying.answer(TryRequest.from_json(request), on_event).to_json()

    def make_demo(request: dict[str, Any], on_event: Callable[[Event], None]) -> Any:
        written = demo.make(DemoRequest.from_json(request), on_event)
        return {role: str(path) for role, path in vars(written).items()}

    return {
        "repair": repair,
        "evaluate": evaluate,
        "predict": predict,
        "try": try_models,
        "demo": make_demo,
    }


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
