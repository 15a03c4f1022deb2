"""A worker with something to lose: a database, uploads, another job, servers, and secrets."""

import contextlib
import os
import signal
import socket
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.children import Child
from worker.runner import Runner

from . import child
from .attempts import Targets

#: In the environment of the worker, and nowhere in that of its child.
SECRETS = {
    "NETMEND_DATABASE_URL": "postgresql+psycopg://netmend:hunter2@127.0.0.1/netmend",
    "NETMEND_BROKER_URL": "redis://:hunter2@127.0.0.1:6379/0",
    "NETMEND_SESSION_KEY": "hunter2" * 5,
    "AWS_SECRET_ACCESS_KEY": "hunter2",
    "MY_OWN": "hunter2",
}
SECRET = "hunter2"
_SIGNALS = (signal.SIGUSR1,)


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What came of it."""

    #: Who tried what, and what came of that.
    outcomes: Mapping[str, Mapping[str, str]]
    #: Environment of the child.
    environment: Mapping[str, str]
    #: What is wrong besides, seen from outside.
    harm: tuple[str, ...]
    #: The line of the log that says how the child was locked up.
    lock: str

    @property
    def is_well(self) -> bool:
        """Whether nothing was got at."""
        return not self.harm and not self.failures

    @property
    def failures(self) -> list[str]:
        """Attempts that were not denied."""
        return [
            f"{who}: {what}: {came}"
            for who, tried in self.outcomes.items()
            for what, came in tried.items()
            if came != "denied"
        ]


def play() -> Findings:
    """Have a child attack a worker, and look what became of it."""
    with (
        tempfile.TemporaryDirectory(prefix="netmend-attack-") as name,
        prepared(Path(name)) as (targets, servers),
        _signals() as signals,
    ):
        before = _contents(targets)
        answer, log = _attacked(Path(name), targets)
        changed = [path for path, was in before.items() if _content(path) != was]
        reached = [str(server) for server in servers if _was_reached(server)]
        marker = Path(targets.marker)
        harm = [*changed, *reached, *map(str, signals), *([str(marker)] * marker.exists())]
        marker.unlink(missing_ok=True)
    return _findings(answer, log, harm)


@contextlib.contextmanager
def prepared(folder: Path) -> Iterator[tuple[Targets, tuple[socket.socket, ...]]]:
    """What there is to be had in a folder, and servers that nobody may reach."""
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        _local_server(folder / "socket") as local,
        _local_server(f"\0{folder}") as abstract,
    ):
        marker = Path(tempfile.gettempdir(), f"{folder.name}-was-here")
        yield _targets(folder, marker, tcp.getsockname()[1]), (tcp, local, abstract)


def _findings(answer: Mapping[str, Any], log: str, harm: list[str]) -> Findings:
    environment: Mapping[str, str] = answer["environment"]
    if SECRET in repr(environment):
        harm.append("the child knows a secret")
    if answer["main_thread"]:
        harm.append("TensorFlow made its attempts in the thread that works: they prove nothing")
    if not answer["can_work"]:
        harm.append("the child cannot work any more")
    lock = next(line for line in log.splitlines() if line.startswith("sandbox: "))
    return Findings(
        outcomes=answer["outcomes"], environment=environment, harm=tuple(harm), lock=lock
    )


def _targets(folder: Path, marker: Path, port: int) -> Targets:
    own_job, other_job = folder / "jobs" / "job_a.1", folder / "jobs" / "job_b.1"
    for place in (own_job / "inputs", own_job / "results", other_job, folder / "storage"):
        place.mkdir(parents=True)
    for path in (own_job / "inputs" / "model", other_job / "model", folder / "storage" / "upload"):
        path.write_text("content")
    with contextlib.closing(sqlite3.connect(folder / "netmend.sqlite")) as database:
        database.execute("CREATE TABLE jobs (id TEXT)")
        database.commit()
    return Targets(
        parent=os.getpid(),
        database=str(folder / "netmend.sqlite"),
        upload=str(folder / "storage" / "upload"),
        other_job=str(other_job / "model"),
        own_job=str(own_job),
        own_input=str(own_job / "inputs" / "model"),
        marker=str(marker),
        port=port,
        local_socket=str(folder / "socket"),
        abstract_socket=f"\0{folder}",
    )


def _attacked(folder: Path, targets: Targets) -> tuple[Mapping[str, Any], str]:
    """What the child says, and what it writes to its log."""
    started: list[Child] = []

    def start(place: Path) -> Child:
        started.append(Child(child.command(), place))
        return started[-1]

    runner = Runner(folder / "jobs", start=start)
    request = {"targets": targets.to_json(), "results": f"{targets.own_job}/results"}
    try:
        answer = runner.run(
            {"kind": "attack", "request": request},
            folder=Path(targets.own_job),
            on_event=lambda _: None,
            watch=lambda _: None,
            time_limit_s=120,
            is_short=True,
        )
    finally:
        runner.close()
    return answer, started[0].log.text()


@contextlib.contextmanager
def _signals() -> Iterator[list[int]]:
    """The signals that arrive."""
    arrived: list[int] = []
    old = {each: signal.signal(each, lambda number, _: arrived.append(number)) for each in _SIGNALS}
    try:
        yield arrived
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


def _local_server(address: Path | str) -> socket.socket:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socket.socket(socket.AF_UNIX))
        server.bind(str(address))
        server.listen()
        stack.pop_all()
    return server


def _was_reached(server: socket.socket) -> bool:
    server.settimeout(0)
    try:
        server.accept()
    except BlockingIOError:
        return False
    return True


def _contents(targets: Targets) -> dict[str, object]:
    paths = (targets.database, targets.upload, targets.other_job, targets.own_input)
    return {path: _content(path) for path in paths}


def _content(path: str) -> object:
    facts = Path(path).stat()
    return Path(path).read_bytes(), facts.st_mode, facts.st_mtime_ns, facts.st_nlink
