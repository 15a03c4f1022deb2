"""The commands of the service's own processes: all of it, web server, worker, dispatcher."""

import sys
from collections.abc import Sequence
from pathlib import Path

from service.settings import Settings

#: Queues of the two workers of one machine: a repair never keeps an upload waiting.
QUICK_QUEUES, REPAIR_QUEUES = ("quick",), ("cpu", "gpu")
#: The longest address of a request that gunicorn takes: a hundred ids do not fit into its default.
_MAX_ADDRESS_BYTES = 8190
#: So long may requests take to end when the web server is stopped.
_GRACE_S = 5


def up(folder: Path, *, port: int) -> tuple[str, ...]:
    """The whole service, with its state in a folder."""
    return (*_module("netmend.cli"), "up", "--state", str(folder), "--port", str(port))


def web(settings: Settings, *, bind: str | None = None) -> tuple[str, ...]:
    """The web server.

    Args:
        settings: Where it listens, and how many requests it answers at a time.
        bind: Listen there instead, in gunicorn's words: ``fd://3`` is a socket handed on.
    """
    return (
        *_module("gunicorn"),
        "web.app:from_environment()",
        *("--bind", bind or f"{settings.web_host}:{settings.web_port}"),
        # One process, which counts the live streams; threads wait on the disk and the database.
        *("--workers", "1", "--worker-class", "gthread", "--threads", str(settings.web_threads)),
        *("--timeout", "120", "--graceful-timeout", str(_GRACE_S)),
        *("--limit-request-line", str(_MAX_ADDRESS_BYTES)),
        *("--chdir", str(settings.state_folder), "--no-control-socket"),
        *("--logger-class", "web.server_log.ServerLog"),
    )  # fmt: skip


def worker(settings: Settings, *, queues: Sequence[str], slots: int, name: str) -> tuple[str, ...]:
    """A worker that does as many jobs at a time as it has slots.

    Args:
        settings: Where it runs, and how much it logs.
        queues: Of `service.queue.QUEUES`.
        slots: Jobs at a time.
        name: No other worker of this machine has it.
    """
    return (
        *_module("celery"),
        # Quiet: the banner is no line of a log.
        *("-A", "worker.app", "--workdir", str(settings.state_folder), "--quiet"),
        *("worker", "-Q", ",".join(queues), "-n", f"{name}@%h", "--concurrency", str(slots)),
        *("--loglevel", settings.log_level, "--without-mingle", "--without-gossip"),
    )  # fmt: skip


def devices(queues: Sequence[str], gpu: str | None = None) -> dict[str, str]:
    """What the environment of a worker says of GPUs; the children that do its jobs see the same.

    Args:
        queues: Without ``gpu`` among them the GPUs are left to others.
        gpu: The only one to use, by its number or its UUID; ``None`` is whatever is there.
    """
    if "gpu" not in queues:
        return {"CUDA_VISIBLE_DEVICES": "-1"}
    if gpu is None:
        return {}
    # Counted as `nvidia-smi` does; CUDA alone would count the fastest first.
    return {"CUDA_VISIBLE_DEVICES": gpu, "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}


def dispatcher() -> tuple[str, ...]:
    """What tells workers of waiting jobs, and takes jobs back from workers that died."""
    return _module("worker.dispatcher")


def _module(name: str) -> tuple[str, ...]:
    # -I and -P: nothing in the environment or the folder decides what is imported.
    return (sys.executable, "-I", "-P", "-m", name)
