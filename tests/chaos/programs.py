"""The processes of the service, each started again when it ends, as `netmend up` does."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from core import sandbox

_TICK_S = 0.1
_PAUSE_S = 0.5


class Program:
    """One program in a process group of its own."""

    def __init__(
        self, name: str, command: Sequence[str], *, environment: Mapping[str, str], folder: Path
    ) -> None:
        """A program that does not run yet.

        Args:
            name: Of the program, and of its log.
            command: Its command.
            environment: What is added to our own.
            folder: Where its log is kept.
        """
        self.name = name
        self._command = command
        self._environment = {**_without_settings(), **environment}
        self._log = folder / f"{name}.log"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._ended_at: float | None = None

    @property
    def pid(self) -> int:
        """The process; 0 while there is none."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else 0

    def start(self) -> None:
        """Start it."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                env=self._environment,
                start_new_session=True,
                preexec_fn=sandbox.die_with_parent,
            )

    def mend(self) -> None:
        """Start it again if it has ended, after a pause."""
        if self.pid:
            return
        if self._ended_at is None:
            self._ended_at = time.monotonic()
            self.send_all(signal.SIGKILL)  # what it had started
        elif time.monotonic() - self._ended_at > _PAUSE_S:
            self._ended_at = None
            self.start()

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process alone."""
        if self.pid:
            os.kill(self.pid, number)

    def send_all(self, number: signal.Signals) -> None:
        """Send a signal to the process and all of its group."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)

    def end(self, *, patience_s: float) -> int | None:
        """Its exit code when it ends by itself, having been asked to; ``None`` if it is killed."""
        if self._process is None:
            return 0
        self.send(signal.SIGTERM)
        try:
            return self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self.send_all(signal.SIGUSR1)  # Celery logs where it hangs
            time.sleep(_PAUSE_S)
            return None
        finally:
            self.send_all(signal.SIGKILL)
            self._process.wait()


class Keeper(threading.Thread):
    """Keeps programs running; they die with it."""

    def __init__(self, programs: Sequence[Program]) -> None:
        super().__init__(name="keeper", daemon=True)
        self._programs = list(programs)
        self._kept = set(self._programs)
        self._over = threading.Event()

    def run(self) -> None:
        """Start all, mend what breaks, and in the end kill what is left."""
        for program in self._programs:
            program.start()
        while not self._over.wait(_TICK_S):
            for program in list(self._kept):
                program.mend()
        for program in self._programs:
            program.end(patience_s=0)

    def let_go(self, programs: Sequence[Program]) -> None:
        """Do not start these again."""
        self._kept -= set(programs)
        time.sleep(2 * _TICK_S)

    def stop(self) -> None:
        """Kill all that still runs."""
        self._over.set()
        self.join()


def _without_settings() -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if not name.startswith("NETMEND_")}
