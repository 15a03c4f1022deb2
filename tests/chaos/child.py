"""The child of a scripted job: as `python -m core`, with a chain of hashes as its work.

Takes the report that it answers with as its argument.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # it is run as children are: with -I and -P

from core import errors, sandbox
from tests.chaos import chain
from tests.chaos.chain import Nature


def main(report: dict) -> int:
    sandbox.die_with_parent()
    text = sys.stdin.read()
    if not text:  # the spare of a worker that is gone
        return 0
    asked = json.loads(text)
    os.chdir(asked["folder"])
    try:
        _work(asked["request"])
    except errors.ProjectError as error:
        _tell(error=errors.to_json(error))
        return 3
    _tell(result={"": {**report, "seed": asked["request"]["options"]["seed"]}})
    return 0


def _work(request: dict) -> None:
    options = request["options"]
    seed, job_id = options["seed"], options["command"].split()[-1]
    nature, n_steps = chain.nature(seed), chain.n_steps(seed)
    if nature is Nature.STUBBORN:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    made = []
    for step, link in enumerate(chain.links(job_id, seed), 1):
        time.sleep(chain.step_s(seed))
        made.append(link)
        _tell(event={"stage": "chain", "current": step, "total": n_steps})
        if step == n_steps // 2:
            _misbehave(nature)
    _write(Path(request["output"]) / "repaired.h5", chain.result(made[-1], seed))


def _misbehave(nature: Nature) -> None:
    if nature is Nature.DIES:
        os.kill(os.getpid(), signal.SIGKILL)
    if nature is Nature.FAILS:
        raise errors.TrainingDiverged


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise errors.OutputNotWritable(f"cannot write {path.name}: {error.strerror}") from error


def _tell(**message: object) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
