"""`netmend worker`: a worker alone."""

from typing import Annotated, NoReturn

import typer

from core import sandbox
from service.settings import Settings

from .. import processes
from . import executing

_ALL = [*processes.QUICK_QUEUES, *processes.REPAIR_QUEUES]


def _queue(text: str) -> str:
    if text not in _ALL:
        raise typer.BadParameter(f"there is no queue {text!r}; there are {', '.join(_ALL)}")
    return text


Queues = Annotated[
    list[str],
    typer.Option(
        "--queue",
        parser=_queue,
        metavar=f"[{'|'.join(_ALL)}]",
        help="Queue to take jobs from; once for each.",
    ),
]
Slots = Annotated[int, typer.Option(min=1, max=64, metavar="N", help="Jobs at a time.")]
Name = Annotated[str, typer.Option(metavar="NAME", help="No other on this machine has it.")]


Gpu = Annotated[
    str | None,
    typer.Option(
        metavar="NUMBER", help="The only GPU to use, as nvidia-smi numbers them; for one slot."
    ),
]


def worker(
    *, queue: Queues = _ALL, slots: Slots = 1, gpu: Gpu = None, name: Name = "worker"
) -> NoReturn:
    """Run a worker, for those who run each part by hand.

    SIGTERM ends it: it gives its job back and leaves with exit code 0. Settings are read from the
    environment, see docs/settings.md.

    \b
    netmend worker
    netmend worker --queue gpu --gpu 0 --name gpu-0
    """  # noqa: D301 - \b keeps the lines of the examples apart
    if gpu is not None and (slots > 1 or "gpu" not in queue):
        raise typer.BadParameter(
            "a GPU is for the one slot of a worker that takes jobs from the queue gpu; "
            "start a worker for each GPU",
            param_hint="--gpu",
        )
    settings = Settings()
    sandbox.refuse_if_missing(sandbox.offered(), is_required=settings.require_sandbox)
    command = processes.worker(settings, queues=queue, slots=slots, name=name)
    executing.become(command, settings, processes.devices(queue, gpu))
