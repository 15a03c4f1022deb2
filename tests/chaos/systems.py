"""The service under test: all of its processes, on a database, a broker and a disk of its own."""

import contextlib
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import httpx
import sqlalchemy as sa

from netmend import processes
from service import accounts, db, storage
from service import workers as service_workers
from service.settings import Settings
from service.storage import Storage
from tests.architecture import tree

from . import brokers, databases, disks
from .brokers import Broker
from .databases import Database
from .disks import Disk
from .programs import Keeper, Program
from .waiting import wait_until

LEASE_S, HEARTBEAT_S, RESEND_S = 3.0, 0.3, 2.0
_START_S = 90.0
_DRAIN_S = 30.0


@dataclass(frozen=True, kw_only=True)
class Combination:
    """Which database and which broker."""

    database: Literal["SQLite", "PostgreSQL"]
    broker: Literal["Valkey", "RabbitMQ"]

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{self.database} + {self.broker}"

    def missing(self) -> str | None:
        """Why it cannot be run here; ``None`` where it can."""
        database = databases.missing_postgresql() if self.database == "PostgreSQL" else None
        broker = brokers.missing_rabbitmq() if self.broker == "RabbitMQ" else None
        return database or broker


@dataclass(frozen=True, kw_only=True)
class System:
    """The service as it runs."""

    settings: Settings
    engine: sa.Engine
    storage: Storage
    database: Database
    broker: Broker
    disk: Disk
    owner_id: str
    token: str
    keeper: Keeper
    web: Program
    dispatcher: Program
    workers: Sequence[Program]

    @property
    def url(self) -> str:
        """Where the web server answers."""
        return f"http://{self.settings.web_host}:{self.settings.web_port}"

    def drain(self) -> list[str]:
        """Tell the workers to end, as a deployment does; the names of those who did not."""
        self.keeper.let_go(self.workers)
        for worker in self.workers:
            worker.send(signal.SIGTERM)
        return [worker.name for worker in self.workers if worker.end(patience_s=_DRAIN_S) is None]


@contextlib.contextmanager
def running(combination: Combination, folder: Path, *, has_real_jobs: bool) -> Iterator[System]:
    """The whole service, ready for requests; killed at the end.

    Args:
        combination: Its database and broker.
        folder: Empty; for everything that it writes.
        has_real_jobs: Whether there is a worker that loads TensorFlow.
    """
    with contextlib.ExitStack() as stack:
        disk = stack.enter_context(disks.mounted(folder / "state"))
        database = stack.enter_context(_database(combination, folder))
        broker = stack.enter_context(_broker(combination, folder))
        settings = _settings(disk, database, broker)
        engine = db.make_engine(settings)
        stack.callback(engine.dispose)
        web, dispatcher, workers = _programs(settings, folder, has_real_jobs=has_real_jobs)
        keeper = Keeper([broker.program, dispatcher, *workers, web])
        owner_id, token = _account(engine)
        system = System(
            settings=settings, engine=engine, storage=storage.make_storage(settings),
            database=database, broker=broker, disk=disk, owner_id=owner_id, token=token,
            keeper=keeper, web=web, dispatcher=dispatcher, workers=workers,
        )  # fmt: skip
        stack.callback(keeper.stop)
        keeper.start()
        _await_ready(system)
        yield system


def _database(
    combination: Combination, folder: Path
) -> contextlib.AbstractContextManager[Database]:
    if combination.database == "PostgreSQL":
        return databases.postgresql(folder)
    # on the small disk, as in the state folder of `netmend up`
    return contextlib.nullcontext(databases.Sqlite(folder / "state" / "netmend.sqlite"))


def _broker(combination: Combination, folder: Path) -> contextlib.AbstractContextManager[Broker]:
    return (brokers.valkey if combination.broker == "Valkey" else brokers.rabbitmq)(folder)


def _settings(disk: Disk, database: Database, broker: Broker) -> Settings:
    return Settings(
        state_folder=disk.folder,
        database_url=database.url,
        broker_url=broker.url,
        web_port=brokers.free_port(),
        lease_s=LEASE_S,
        heartbeat_s=HEARTBEAT_S,
        resend_after_s=RESEND_S,
        min_free_bytes=0,  # else no disk would ever be full
        upload_rate="",
        job_rate="",
    )


def _programs(
    settings: Settings, folder: Path, *, has_real_jobs: bool
) -> tuple[Program, Program, Sequence[Program]]:
    environment = {
        f"NETMEND_{name.upper()}": str(getattr(settings, name))
        for name in settings.model_fields_set
    }

    def program(name: str, command: Sequence[str]) -> Program:
        return Program(name, command, environment=environment, folder=folder)

    workers = [
        program("worker-one", _scripted(settings, "one", slots=2)),
        program("worker-two", _scripted(settings, "two", slots=1)),
    ]
    if has_real_jobs:
        command = processes.worker(settings, queues=("quick", "gpu"), slots=1, name="three")
        workers.append(program("worker-three", command))
    web = program("web", processes.web(settings))
    return web, program("dispatcher", processes.dispatcher()), workers


def _scripted(settings: Settings, name: str, *, slots: int) -> Sequence[str]:
    """A worker as in production, but for the application, and where that is looked for."""
    command = processes.worker(settings, queues=("quick", "cpu"), slots=slots, name=name)
    other = {
        "worker.app": "tests.chaos.scripted",
        str(settings.state_folder): str(tree.REPOSITORY),
    }
    return [other.get(word, word) for word in command]


def _account(engine: sa.Engine) -> tuple[str, str]:
    db.upgrade(engine)
    with db.session_scope(engine) as session:
        user = accounts.create_user(session, "chaos", "admin")
        return user.id, accounts.issue_token(session, user, "chaos", ["admin"])


def _await_ready(system: System) -> None:
    wait_until(lambda: _answers(system), patience_s=_START_S, what="the web server answers")
    wait_until(lambda: _has_workers(system), patience_s=_START_S, what="the workers are there")


def _answers(system: System) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(f"{system.url}/readyz").is_success
    return False


def _has_workers(system: System) -> bool:
    with db.session_scope(system.engine, read_only=True) as session:
        return len(service_workers.list_workers(session, within_s=60)) >= len(system.workers)
