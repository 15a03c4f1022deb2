"""What becomes of the cases: read in processes that may die of it, some at a time or one each."""

import contextlib
import io
import json
import os
import resource
import signal
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from core import data, errors, ingest, modelfile
from core.modelfile import ModelFile, json_text
from core.sandbox import Limits
from tests.fuzzing_files import mutations
from tests.fuzzing_files.seeds import Good

#: A case that computes for longer hangs; time that others take of the machine is not counted.
_CASE_S = 20.0
_MEMORY_BYTES = 3 * 2**30
_LIMITS = Limits(cpu_s=20, memory_bytes=_MEMORY_BYTES, file_bytes=2**30)
TAKEN, INTERNAL = "taken", "internal"


@dataclass
class Tally:
    """How the cases ended."""

    endings: Counter[str] = field(default_factory=Counter)
    #: Cases that ended in no way that the product knows, with what was seen.
    findings: list[tuple[int, str]] = field(default_factory=list)

    def add(self, index: int, ending: str, note: str = "") -> None:
        """Count a case."""
        self.endings[ending] += 1
        if ending == INTERNAL or note:
            self.findings.append((index, f"{ending}: {note}"))


def in_process(seed: int, indices: range, tally: Tally) -> None:
    """Read cases one after the other in a fork, and in the next one where that dies."""
    start = indices.start
    while start < indices.stop:
        start = _one_fork(seed, range(start, indices.stop), tally)


def through_child(seed: int, indices: range, tally: Tally) -> None:
    """Have each case met by a fork that does all that the ingest child does: limits, lock, read."""
    for index in indices:
        with tempfile.TemporaryDirectory() as folder:
            good = mutations.case(seed, index, only_files=True)
            assert isinstance(good, Good)
            tally.add(index, *_met_by_child(good, Path(folder)))


def _one_fork(seed: int, indices: range, tally: Tally) -> int:
    """Answers which case is to be tried next."""
    process, pipe = _forked(lambda write: _read_all(seed, indices, write))
    index = indices.start
    with os.fdopen(pipe) as lines:
        for line in lines:
            ending, note = json.loads(line)
            tally.add(index, ending, note)
            index += 1
    status = os.waitpid(process, 0)[1]
    if index < indices.stop:  # it died of this case
        tally.add(index, _death(status), "in process, so only the child's limits help")
        index += 1
    return index


def _read_all(seed: int, indices: range, write: io.TextIOBase) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    with tempfile.TemporaryDirectory() as folder:
        for index in indices:
            signal.setitimer(signal.ITIMER_PROF, _CASE_S)
            ending = _ending(mutations.case(seed, index), Path(folder))
            write.write(json.dumps(ending) + "\n")
            write.flush()
    return 0


def _ending(case: Good | str, folder: Path) -> tuple[str, str]:
    try:
        _read(case, folder)
    except errors.ProjectError as error:
        return error.code, ""
    except MemoryError:
        return "too-large", ""
    except Exception:  # noqa: BLE001 - this is what is looked for
        return INTERNAL, traceback.format_exc()[-2000:]
    return TAKEN, ""


def _read(case: Good | str, folder: Path) -> None:
    if isinstance(case, str):
        _describe(case)
        return
    path = folder / f"case{case.suffix}"
    path.write_bytes(case.content)
    if case.kind == "model":
        modelfile.read(path)
        return
    for _ in data.open_images(path).chunks(8):
        pass


def _describe(text: str) -> None:
    """All that is done with a configuration before weights are looked at."""
    for version in ("2.15.0", "3.1.0"):
        described = modelfile.architecture(
            json_text.parse(text, place="model_config"), keras_version=version
        )
        draft = ModelFile(
            name="case", sha256="", container="h5", keras_version=version,
            architecture=described, weights={},
        )  # fmt: skip
        _ = draft.variables, draft.output_shapes


def _met_by_child(good: Good, folder: Path) -> tuple[str, str]:
    path, out = folder / f"case{good.suffix}", folder / "canonical"
    path.write_bytes(good.content)
    out.mkdir()
    request = {
        "kind": good.kind, "paths": [str(path)], "folder": str(out), "name": "case",
        "architecture": None, "layout": "auto", "limits": asdict(_LIMITS),
    }  # fmt: skip
    process, pipe = _forked(lambda write: _be_the_child(request, write))
    with os.fdopen(pipe) as lines:
        told = lines.read()
    status = os.waitpid(process, 0)[1]
    try:
        answer = json.loads(told)
    except ValueError:
        return _death(status), ""
    ending = answer["error"]["code"] if "error" in answer else TAKEN
    return ending, told if ending == INTERNAL else ""


def _be_the_child(request: dict[str, object], write: io.TextIOBase) -> int:
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, _CASE_S)
    sys.stdin, sys.stdout = io.StringIO(json.dumps(request)), write
    with contextlib.redirect_stderr(io.StringIO()):
        return ingest.main()


def _forked(work) -> tuple[int, int]:
    """A fork that works, and a pipe to what it writes."""
    read, write = os.pipe()
    process = os.fork()
    if process:
        os.close(write)
        return process, read
    os.close(read)
    code = 70
    try:
        with os.fdopen(write, "w") as stream:
            code = work(stream)
    finally:
        os._exit(code)


def _death(status: int) -> str:
    """As the product would call it."""
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    if number in (signal.SIGPROF, signal.SIGXCPU):
        return errors.TimeLimitExceeded.code
    return errors.ChildFailed.code


def batches(indices: range, size: int) -> Iterator[range]:
    """The cases, so many at a time."""
    for start in range(indices.start, indices.stop, size):
        yield range(start, min(start + size, indices.stop))
