"""`netmend worker`: a worker alone."""

from typing import Annotated, NoReturn

import typer

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


def worker(*, queue: Queues = _ALL, slots: Slots = 1, name: Name = "worker") -> NoReturn:
    """Run a worker, for those who run each part by hand.

    Settings are read from the environment, see docs/settings.md.

    \b
    netmend worker
    CUDA_VISIBLE_DEVICES=0 netmend worker --queue gpu --name gpu0
    """  # noqa: D301 - \b keeps the lines of the examples apart
    settings = Settings()
    executing.become(processes.worker(settings, queues=queue, slots=slots, name=name), settings)
