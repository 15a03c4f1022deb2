"""`netmend up`: the whole service on one machine, in one folder, ended by one Ctrl-C."""

import contextlib
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import OutputNotWritable
from service import db, exposure
from service.settings import Settings

from .. import processes
from . import access, address, broker, lock
from .supervision import Interrupts, Program, Supervisor, Tell

#: A worker that is stopped gives its job back; that takes a moment.
_DRAIN_S = 20.0
_MAX_LOG_BYTES = 2**24


@dataclass(frozen=True, kw_only=True)
class Running:
    """Where the service answers, and what opens it."""

    url: str
    token: str
    #: Opens the pages in a browser, once.
    welcome: str
    folder: Path


def run(settings: Settings, *, slots: int, on_ready: Callable[[Running], None], tell: Tell) -> None:
    """Run the service until Ctrl-C, SIGTERM or the end of the terminal.

    Args:
        settings: Without a broker of its own, one is started.
        slots: Repairs at a time.
        on_ready: Called once, when requests are answered.
        tell: Is told of every process that ended by itself.

    Raises:
        AlreadyRunning: Another one uses the state folder.
        AddressNotFree: Somebody else listens on the port.
        BrokerMissing: There is no server to start as broker.
        ProcessKeepsEnding: A process ends again and again; the others were stopped.
        OutputNotWritable: The state folder cannot be made.
        NoAccounts: Others could reach it, and there is no admin yet.
    """
    folder = _prepared(settings.state_folder)
    interrupts = Interrupts()
    with lock.held(folder), interrupts.counted(), contextlib.ExitStack() as stack:
        listener = stack.enter_context(address.listen(settings.web_host, settings.web_port))
        inner = stack.enter_context(_broker(settings, folder))
        token, invitation = _tokens(settings, folder)
        ours = inner.settings
        tiers = [inner.programs, *_programs(ours, listener, slots=slots)]
        supervisor = Supervisor(tiers, folder, interrupts=interrupts, tell=tell)
        stack.callback(supervisor.stop)
        supervisor.start()
        if not interrupts.count:
            server = address.url(listener)
            stack.callback(address.withdraw, folder)
            address.publish(folder, server, token)
            welcome = f"{server}/welcome/{invitation}"
            on_ready(Running(url=server, token=token, welcome=welcome, folder=folder))
        supervisor.watch()


@dataclass(frozen=True, kw_only=True)
class _Base:
    """What the other processes stand on: the broker that is to be started, if any, and where."""

    programs: Sequence[Program]
    settings: Settings


@contextlib.contextmanager
def _broker(settings: Settings, folder: Path) -> Iterator[_Base]:
    if "broker_url" in settings.model_fields_set:
        yield _Base(programs=(), settings=settings)
        return
    with broker.socket_path(folder) as path:
        ours = settings.model_copy(update={"broker_url": broker.url(path)})
        yield _Base(programs=(broker.program(path),), settings=ours)


def _tokens(settings: Settings, folder: Path) -> tuple[str, str]:
    """A token for programs, and an invitation for a browser."""
    engine = db.make_engine(settings)
    try:
        db.upgrade(engine)
        exposure.check(settings, engine)  # before there are tokens: the first one is no account
        return access.token(engine, folder), access.invitation(engine)
    finally:
        engine.dispose()


def _programs(
    settings: Settings, listener: socket.socket, *, slots: int
) -> tuple[Sequence[Program], Sequence[Program]]:
    """Workers and dispatcher, and after them the web server."""
    descriptor = listener.fileno()
    shared = _environment(settings)
    quick = processes.worker(settings, queues=processes.QUICK_QUEUES, slots=1, name="quick")
    repair = processes.worker(settings, queues=processes.REPAIR_QUEUES, slots=slots, name="repair")
    behind = (
        Program(name="dispatcher", command=processes.dispatcher(), environment=shared),
        Program(
            name="worker-quick",
            command=quick,
            environment={**shared, **processes.devices(processes.QUICK_QUEUES)},
            patience_s=_DRAIN_S,
        ),
        Program(name="worker-repair", command=repair, environment=shared, patience_s=_DRAIN_S),
    )
    web = Program(
        name="web",
        command=processes.web(settings, bind=f"fd://{descriptor}"),
        environment=shared,
        descriptors=(descriptor,),
        is_ready=lambda: address.answers(listener),
    )
    return behind, (web,)


def _environment(settings: Settings) -> dict[str, str]:
    """What was decided here; everything else the processes read for themselves, as we did."""
    return {
        "NETMEND_STATE_FOLDER": str(settings.state_folder),
        "NETMEND_BROKER_URL": settings.broker_url,
        "NETMEND_TRUSTED_HOSTS": ",".join(settings.trusted_hosts),
    }


def _prepared(folder: Path) -> Path:
    """The folder, private, with room for logs; a log that grew long makes way for a new one."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / "logs").mkdir(mode=0o700, exist_ok=True)
        for log in (folder / "logs").glob("*.log"):
            if log.stat().st_size > _MAX_LOG_BYTES:
                log.replace(log.with_suffix(".log.1"))
    except OSError as error:
        raise OutputNotWritable(
            f"cannot write to {folder}: {error.strerror}", place=str(folder)
        ) from error
    if not os.access(folder, os.W_OK):
        raise OutputNotWritable(f"cannot write to {folder}", place=str(folder))
    return folder
