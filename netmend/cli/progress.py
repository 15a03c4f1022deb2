"""Progress on stderr: bars on a terminal, a line for each stage elsewhere, nothing if quiet."""

import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column

from core.results import Event

from . import terminal

OnEvent = Callable[[Event], None]

#: What the stages of a repair are called on the screen; others go by their own name.
_STAGES: Mapping[str, str] = types.MappingProxyType(
    {
        "check": "check the files",
        "load": "start",
        "baseline": "measure the model as it is",
        "prune": "prune",
        "finetune": "fine-tune",
        "margins": "largest margins",
        "invert": "search for triggers",
        "evaluate": "measure the model",
        "reactivate": "try poisoned images",
        "traces": "look for traces",
        "seeds": "other seeds",
        "package": "join the N+1 model",
    }
)


@contextmanager
def shown(*, quiet: bool) -> Iterator[OnEvent]:
    """A listener that shows events on stderr while the work lasts."""
    console = terminal.stderr()
    if quiet:
        yield lambda _: None
    elif console.is_terminal:
        with _bars(console) as bars:
            yield _Bars(bars)
    else:
        yield _Lines(console)


def _bars(console: Console) -> Progress:
    note = Column(no_wrap=True, overflow="ellipsis")
    return Progress(
        TextColumn("{task.description}", markup=False, table_column=Column(min_width=26)),
        BarColumn(bar_width=20, table_column=Column(min_width=5)),
        MofNCompleteColumn(table_column=Column(min_width=11, no_wrap=True)),
        TimeElapsedColumn(table_column=Column(min_width=7, no_wrap=True)),
        TextColumn("{task.fields[note]}", markup=False, style="dim", table_column=note),
        console=console,
        transient=True,  # what stays on the screen is the result
    )


class _Bars:
    """A bar for each stage, the last of them moving."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._stage: str | None = None

    def __call__(self, event: Event) -> None:
        if event.stage != self._stage:
            self._begin(event.stage)
        task = self._bars.task_ids[-1]
        self._bars.update(task, total=event.total, completed=event.current, note=_note(event))

    def _begin(self, stage: str) -> None:
        for task in self._bars.tasks[-1:]:
            self._bars.update(task.id, total=task.total or 1, completed=task.total or 1)
        self._stage = stage
        self._bars.add_task(_STAGES.get(stage, stage), total=None, note="")


class _Lines:
    """A line for each stage, and for what there is to say."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._stage: str | None = None

    def __call__(self, event: Event) -> None:
        if event.message:
            self._print(f"{_STAGES.get(event.stage, event.stage)}: {event.message}")
        elif event.stage != self._stage:
            self._print(_STAGES.get(event.stage, event.stage))
        self._stage = event.stage

    def _print(self, text: str) -> None:
        terminal.print_progress(self._console, text)


def _note(event: Event) -> str:
    figures = [f"{name.replace('_', ' ')} {value:.3g}" for name, value in event.metric.items()]
    return terminal.one_line(event.message or ", ".join(figures))
