"""Processes that belong together: started in order, restarted when one ends, stopped in order."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from core import sandbox

from .errors import ProcessKeepsEnding

#: One that lived this long was in order; its end starts the counting anew.
_STEADY_S = 30.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 8.0
_LAST_LINES_BYTES = 2000
_TICK_S = 0.1

Tell = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Program:
    """How one process is started, and how it is stopped."""

    name: str
    command: tuple[str, ...]
    #: What is added to the environment of this process.
    environment: Mapping[str, str] = field(default_factory=dict)
    #: File descriptors that are handed on.
    descriptors: tuple[int, ...] = ()
    #: So long may it take to end after it was told to; then it is killed.
    patience_s: float = 10.0
    #: Whether it can be used; asked again and again after the start.
    is_ready: Callable[[], bool] = lambda: True


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long ends and starts may take."""

    start_s: float = 60.0
    #: Ends in a row, each after less than half a minute, until everything is given up.
    max_quick_ends: int = 5


class Interrupts:
    """Counts the requests to stop: Ctrl-C, SIGTERM, and the end of the terminal."""

    def __init__(self) -> None:
        self.count = 0

    @contextlib.contextmanager
    def counted(self) -> Iterator[None]:
        """While this lasts, such a signal is counted and does nothing else."""
        kinds = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {kind: signal.signal(kind, self._count) for kind in kinds}
        try:
            yield
        finally:
            for kind, handler in before.items():
                signal.signal(kind, handler)

    def _count(self, _signal: int, _frame: FrameType | None) -> None:
        self.count += 1


class Supervisor:
    """Runs programs in tiers: the first is started first and stopped last.

    Args:
        tiers: Programs of one tier are started and stopped together.
        folder: Private; the processes run there and their output is kept in its ``logs``.
        interrupts: The first ends `watch`, the second lets `stop` kill at once.
        tell: Is told of every process that ended by itself.
        patience: How long things may take.
    """

    def __init__(
        self,
        tiers: Sequence[Sequence[Program]],
        folder: Path,
        *,
        interrupts: Interrupts,
        tell: Tell,
        patience: Patience = Patience(),
    ) -> None:
        self._tiers = [[_Child(program, folder) for program in tier] for tier in tiers]
        self._interrupts = interrupts
        self._tell = tell
        self._patience = patience

    def start(self) -> None:
        """Start all; back when every one of them is ready, or an interrupt came.

        Raises:
            ProcessKeepsEnding: One ends again and again, or is not ready in time.
        """
        for tier in self._tiers:
            for child in tier:
                child.start()
            self._await_ready(tier)

    def watch(self) -> None:
        """Restart what ends, until an interrupt.

        Raises:
            ProcessKeepsEnding: One ends again and again.
        """
        while not self._interrupts.count:
            self._mend()
            time.sleep(_TICK_S)

    def stop(self) -> None:
        """Stop all, last tier first; at a second interrupt, at once."""
        for tier in reversed(self._tiers):
            for child in tier:
                child.ask_to_end()
            for child in tier:
                child.end(is_urgent=lambda: self._interrupts.count > 1)

    def _await_ready(self, tier: Sequence["_Child"]) -> None:
        deadline = time.monotonic() + self._patience.start_s
        waiting = list(tier)
        while not self._interrupts.count:
            self._mend()
            waiting = [child for child in waiting if not child.is_ready()]
            if not waiting:
                return
            if time.monotonic() > deadline:
                raise waiting[0].given_up(f"is not ready after {self._patience.start_s:g} s")
            time.sleep(_TICK_S)

    def _mend(self) -> None:
        for child in (child for tier in self._tiers for child in tier):
            if child.has_just_ended():
                self._tell(f"{child.program.name} ended ({child.last_end}); it is started again")
            if child.quick_ends >= self._patience.max_quick_ends:
                raise child.given_up(f"ended {child.quick_ends} times in a row, {child.last_end}")
            if child.is_due():
                child.start()


class _Child:
    """One program's process, and how often it ended."""

    def __init__(self, program: Program, folder: Path) -> None:
        self.program = program
        self.quick_ends = 0
        self.last_end = ""
        self._folder = folder
        self._log = folder / "logs" / f"{program.name}.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._due_at: float | None = None

    def start(self) -> None:
        self._due_at = None
        self._started_at = time.monotonic()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self.program.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                env={**os.environ, **self.program.environment},
                pass_fds=self.program.descriptors,
                # A session of its own, so that Ctrl-C in the terminal reaches the supervisor only.
                start_new_session=True,
                preexec_fn=sandbox.die_with_parent,  # noqa: PLW1509, RUF100 - one thread
            )

    def has_just_ended(self) -> bool:
        if self._process is None or self._process.poll() is None:
            return False
        self.last_end = _in_words(self._process.returncode)
        self._kill_group()  # what it started
        self._process = None
        lived_s = time.monotonic() - self._started_at
        self.quick_ends = self.quick_ends + 1 if lived_s < _STEADY_S else 1
        pause_s = min(_FIRST_PAUSE_S * 2 ** (self.quick_ends - 1), _LONGEST_PAUSE_S)
        self._due_at = time.monotonic() + pause_s
        return True

    def is_due(self) -> bool:
        return self._due_at is not None and time.monotonic() >= self._due_at

    def is_ready(self) -> bool:
        return self._process is not None and self.program.is_ready()

    def ask_to_end(self) -> None:
        if self._process is not None:
            self._process.terminate()

    def end(self, *, is_urgent: Callable[[], bool]) -> None:
        if self._process is None:
            return
        deadline = time.monotonic() + self.program.patience_s
        while self._process.poll() is None and time.monotonic() < deadline and not is_urgent():
            time.sleep(_TICK_S)
        self._kill_group()
        self._process.wait()
        self._process = None

    def given_up(self, why: str) -> ProcessKeepsEnding:
        return ProcessKeepsEnding(
            f"{self.program.name} {why}; its last lines: {self._last_lines()}",
            place=str(self._log), hint=f"see {self._log}",
        )  # fmt: skip

    def _kill_group(self) -> None:
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _last_lines(self) -> str:
        with self._log.open("rb") as log:
            log.seek(max(0, self._log.stat().st_size - _LAST_LINES_BYTES))
            lines = log.read().decode(errors="replace").split("\n")
        return " / ".join(line.strip() for line in lines[-6:] if line.strip()) or "none"


def _in_words(exit_code: int) -> str:
    return f"signal {-exit_code}" if exit_code < 0 else f"exit code {exit_code}"
