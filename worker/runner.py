"""The children that do the work: one job each, and one spare that is warm already."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import structlog

from core import children, errors
from core.children import Child, Watch
from core.errors import ProjectError
from core.results import Event

log = structlog.get_logger()


class Runner:
    """Gives each request a child of its own; the next one loads TensorFlow meanwhile.

    Children die with the thread that starts them, so use a runner in the main thread only.
    """

    def __init__(self, folder: Path, *, start: Callable[[Path], Child] = children.spare) -> None:
        """A runner without a spare yet.

        Args:
            folder: Where spares wait; made if it is not there.
            start: Starts a child that waits for its request in a folder.
        """
        self._folder = folder
        self._start = start
        self._spare: Child | None = None

    def warm(self) -> None:
        """Start a spare, unless there is one. If that cannot be, no job is the worse for it."""
        try:
            self._get_spare()
        except ProjectError as error:
            log.warning("no child to spare", reason=str(error))

    def run(
        self,
        request: Mapping[str, Any],
        *,
        folder: Path,
        on_event: Callable[[Event], None],
        watch: Watch,
        time_limit_s: float,
        is_short: bool = False,
    ) -> Any:
        """As `core.children.run_in`, in the spare if there is one.

        A short piece of work has the processor for itself: the next spare is started after it.

        Raises:
            ProjectError: As in `core.children.run_in`.
            OutputNotWritable: No child can be started: the disk is full.
        """
        child = self._take()
        try:
            if not is_short:
                self.warm()
            return children.run_in(
                child,
                request,
                on_event=on_event,
                folder=folder,
                watch=watch,
                time_limit_s=time_limit_s,
            )
        finally:
            child.end()
            self.warm()

    def close(self) -> None:
        """End the spare."""
        if self._spare is not None:
            self._spare.end()
            self._spare = None

    def _take(self) -> Child:
        child, self._spare = self._get_spare(), None
        return child

    def _get_spare(self) -> Child:
        if self._spare is None or not self._spare.is_running():
            self.close()
            self._make_folder()
            self._spare = self._start(self._folder)
        return self._spare

    def _make_folder(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise errors.OutputNotWritable(
                f"the folder of the jobs cannot be made: {error.strerror}", place=str(self._folder)
            ) from error
