"""A worker with a database of its own and scripts in the place of the children that do the work."""

import contextlib
import dataclasses
import io
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from core.children import Child
from core.results import (
    Evaluation,
    GoodNetResult,
    InputFile,
    Inputs,
    PreprocessingChoice,
    RepairReport,
    Selection,
)
from service import accounts, db, jobs
from service.schemas import JobCreate
from service.settings import Settings
from service.tables import Dataset, Job, JobEvent, Model
from worker import packing, services
from worker.runner import Runner
from worker.services import Services

_FILE = InputFile(name="a", sha256="ab" * 32, n=None)
REPORT = RepairReport(
    verdict="inconclusive",
    verdict_reasons=(),
    method="fine-pruning",
    params={},
    seed=0,
    selection=Selection(
        rule="", max_accuracy_drop=0.04, n_tune=8, n_select=2,
        select_accuracy_before=1.0, select_accuracy_after=1.0,
    ),
    preprocessing=PreprocessingChoice(name="none", declared=True, reason="declared"),
    inputs=Inputs(model=_FILE, clean_validation=_FILE),
    versions={},
    command="",
    seconds=1.0,
    before=Evaluation(clean_accuracy=None),
    after=Evaluation(clean_accuracy=None),
    clean_accuracy_change=None,
    goodnet=GoodNetResult(
        class_index=10, rule="disagreement", threshold=None, declared_false_positive_rate=None,
        clean_accuracy=None, false_positive_rate=None,
    ),
)  # fmt: skip

#: What each script begins with; it is asked as the real child is, and says when it has begun.
_BEGIN = """
import json, os, signal, sys, time
asked = json.load(sys.stdin)
os.chdir(asked["folder"])
request = asked["request"]
def tell(**message):
    print(json.dumps(message), flush=True)
def begun():
    with open("../pid.part", "w") as file:
        file.write(str(os.getpid()))
    os.rename("../pid.part", "../pid")  # whole from the moment it is there
    tell(event={"stage": "work", "current": 1, "total": 2})
"""
DONE = f"""
begun()
with open(request["output"] + "/repaired.h5", "w") as file:
    file.write("repaired")
tell(result={{"": json.loads({json.dumps(REPORT.to_json())!r})}})
"""
#: Takes a second, and tells in its result which attempt it was.
SLOW = f"""
begun()
time.sleep(1)
with open(request["output"] + "/repaired.h5", "w") as file:
    file.write(os.path.basename(asked["folder"]))
tell(result={{"": json.loads({json.dumps(REPORT.to_json())!r})}})
"""
HANG = "begun(); time.sleep(60)"
STUBBORN = "signal.signal(signal.SIGTERM, signal.SIG_IGN); begun(); time.sleep(60)"
FAIL = """
begun()
tell(error={"code": "training-diverged", "message": "the loss became nan", "details": {}})
"""
NO_ROOM = """
begun()
tell(error={"code": "output-not-writable", "message": "no space left on device", "details": {}})
"""
KILLED = "begun(); os.kill(os.getpid(), signal.SIGKILL)"
GREEDY = "begun(); hoard = bytearray(300 * 2**20); time.sleep(60)"


def start(script: str) -> Callable[[Path], Child]:
    """Starts scripts instead of children that load TensorFlow."""
    return lambda folder: Child([sys.executable, "-I", "-c", _BEGIN + script], folder)


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """A worker, and what there is for it to do."""

    services: Services
    owner_id: str
    closing: contextlib.ExitStack

    def with_children(self, script: str) -> "Workshop":
        """The same, whose children run another script."""
        runner = Runner(self.services.settings.job_folder, start=start(script))
        self.closing.callback(runner.close)
        return self._with(runner=runner)

    def with_command(self, *command: str) -> "Workshop":
        """The same, whose children are another program."""
        runner = Runner(
            self.services.settings.job_folder, start=lambda folder: Child(command, folder)
        )
        self.closing.callback(runner.close)
        return self._with(runner=runner)

    def with_settings(self, **changes: object) -> "Workshop":
        """The same, with other settings."""
        return self._with(settings=self.services.settings.model_copy(update=changes))

    def draining(self, is_draining: Callable[[], bool]) -> "Workshop":
        """The same, which is to end when it is told so."""
        return self._with(is_draining=is_draining)

    def repair_job(self, **options: object) -> str:
        """A new job that waits; its id."""
        with db.session_scope(self.services.engine) as session:
            model, dataset = self.ready(Model), self.ready(Dataset)
            session.add_all([model, dataset])
            session.flush()
            asked = {"method": REPORT.method, "data": {"clean_validation": dataset.id}, **options}
            request = JobCreate(model=model.id, **asked)
            return jobs.submit(session, self.owner_id, request).id

    def intake_job(self, table: type[Model] | type[Dataset], content: bytes, **options: str) -> str:
        """A new job that checks an upload; its id."""
        with db.session_scope(self.services.engine) as session:
            row = self.subject(table, content, **options)
            session.add(row)
            session.flush()
            return jobs.submit_intake(session, row).id

    def subject(
        self, table: type[Model] | type[Dataset], content: bytes, **options: str
    ) -> Model | Dataset:
        """A row for an upload that is still to be checked."""
        stored = self.services.storage.put(io.BytesIO(content))
        return table(
            owner_id=self.owner_id,
            name="thing",
            file_name="thing.h5",
            sha256=stored.sha256,
            n_bytes=stored.n_bytes,
            options={"role": "clean", "layout": "auto", **options},
        )

    def ready(self, table: type[Model] | type[Dataset]) -> Model | Dataset:
        """A row for what was checked, and is of no use to a real child."""
        row = self.subject(table, b"upload")
        folder = self.services.settings.state_folder / "canonical"
        folder.mkdir(exist_ok=True)
        (folder / "facts.json").write_text("{}")
        packing.pack(folder, folder.with_suffix(".tar"))
        with folder.with_suffix(".tar").open("rb") as packed:
            row.canonical_sha256 = self.services.storage.put(packed).sha256
        row.state, row.facts = "ready", {}
        return row

    def job(self, job_id: str) -> Job:
        """The job as it is now."""
        with db.session_scope(self.services.engine, read_only=True) as session:
            return jobs.get(session, job_id)

    def states(self, job_id: str) -> list[str]:
        """The states that a job went through."""
        return [event.data["state"] for event in self._events(job_id) if event.type == "state"]

    def stages(self, job_id: str) -> list[str]:
        """What a job reported."""
        return [event.data["stage"] for event in self._events(job_id) if event.type != "state"]

    def sweep(self) -> None:
        """As the dispatcher does."""
        with db.session_scope(self.services.engine) as session:
            jobs.sweep(session, max_losses=self.services.settings.max_worker_losses)

    @property
    def pid_file(self) -> Path:
        """Where a child writes its process id when it has begun."""
        return self.services.settings.job_folder / "pid"

    @property
    def child_pid(self) -> int:
        """The process of the last child."""
        return int(self.pid_file.read_text())

    def _with(self, **changes: object) -> "Workshop":
        return dataclasses.replace(self, services=dataclasses.replace(self.services, **changes))

    def _events(self, job_id: str) -> list[JobEvent]:
        with db.session_scope(self.services.engine, read_only=True) as session:
            return jobs.events_after(session, job_id)


@contextlib.contextmanager
def workshop(state_folder: Path, **changes: object) -> Iterator[Workshop]:
    """A worker on a database, perhaps a new one; its children finish their work at once."""
    given = {"lease_s": 3.0, "heartbeat_s": 0.2, "cancel_grace_s": 0.5, **changes}
    settings = Settings(state_folder=state_folder, **given)
    made = services.make(settings, is_draining=lambda: False)
    db.Base.metadata.create_all(made.engine)
    with db.session_scope(made.engine) as session:
        user = accounts.find_user(session, "tester") or accounts.create_user(
            session, "tester", "admin"
        )
    with contextlib.ExitStack() as closing:
        closing.callback(made.engine.dispose)
        shop = Workshop(services=made, owner_id=user.id, closing=closing)
        yield shop.with_children(DONE)


@contextlib.contextmanager
def meanwhile(when: Callable[[], bool], do: Callable[[], object]) -> Iterator[None]:
    """While something blocks, do a thing as soon as the time for it has come."""

    def wait_and_do() -> None:
        deadline = time.monotonic() + 30
        while not when() and time.monotonic() < deadline:
            time.sleep(0.01)
        do()

    thread = threading.Thread(target=wait_and_do)
    thread.start()
    yield
    thread.join()


def is_running(pid: int) -> bool:
    """Whether a process runs; one that only waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
