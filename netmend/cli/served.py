"""A repair that the service does: it is found or started, asked, watched, and its files fetched."""

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import errors
from core.results import RepairReport
from service.schemas import DatasetRole, JobCreate, JobData, JobView
from service.settings import Settings

from ..client import Client
from . import download, terminal, upload, watch
from .progress import OnEvent
from .repair import RepairFiles


@dataclass(frozen=True)
class Reach:
    """How to get to a service, which may still be starting."""

    #: A client of it, once it answers.
    client: Callable[[], Client]
    #: Wait for Ctrl-C; of a service that runs anyway there is nothing to wait for.
    keep: Callable[[], None]


@contextlib.contextmanager
def service(*, command: str) -> Iterator[Reach]:
    """The service that runs on this machine, or one that is stopped in the end.

    Args:
        command: What was typed. It does all of it again when the service is gone.
    """
    # Imported here because the database comes with it, which other commands do not need.
    from ..embedded import address, passing

    server = address.published(Settings().state_folder)
    if server is not None and _answers(server.url, server.token):
        terminal.print_progress(terminal.stderr(), f"netmend runs at {server.url} already")
        yield Reach(lambda: Client(server.url, server.token), lambda: None)
        return
    with (
        tempfile.TemporaryDirectory(prefix="netmend-") as state,
        passing.service(Path(state), retry_command=command) as started,
    ):

        def client() -> Client:
            found = started.wait_until_ready()
            return Client(found.url, found.token)

        def keep() -> None:
            terminal.print_lines(started.said().splitlines()[:-1])
            terminal.say("Ctrl-C stops it. What is not downloaded by then is gone.")
            started.wait()

        yield Reach(client, keep)


def repair(
    client: Client, files: RepairFiles, folder: Path, *, on_event: OnEvent, **wanted: Any
) -> dict[str, RepairReport]:
    """Have files repaired; the folder of results appears whole or not at all.

    Args:
        client: The server.
        files: Are uploaded.
        folder: For the results; must not exist.
        on_event: Told of progress.
        wanted: The other fields of `service.schemas.JobCreate`.

    Returns:
        Subfolder to report: ``""`` for a single budget.
    """
    send = _Sender(client, on_event)
    model, data = send.model(files.model), send.images(files)
    job = client.jobs.submit(JobCreate(model=model, data=data, **wanted))
    for event in client.jobs.events(job.id):
        if event.type == "progress":
            on_event(watch.as_event(event))
    _check(client.jobs.get(job.id))
    download.into(client, job.id, folder, on_event=on_event)
    return client.jobs.reports(job.id)


@dataclass(frozen=True)
class _Sender:
    """Uploads files, and waits until they have been checked."""

    client: Client
    on_event: OnEvent

    def model(self, path: Path) -> str:
        """Its id."""
        added = self.client.models.add(path, on_bytes=upload.telling(self.on_event, path))
        return self.client.models.wait(added.id).id

    def images(self, files: RepairFiles) -> JobData:
        """The ids of all sets; they are checked one after another while the next is uploaded."""
        tests = files.tests
        validation = self._dataset(files.clean_validation)
        unlabelled = (
            self._dataset(files.unlabelled, role="unlabelled") if files.unlabelled else None
        )
        clean = self._dataset(tests.clean) if tests.clean else None
        poisoned = tuple(self._dataset(item.path, role="poisoned") for item in tests.poisoned)
        for dataset in filter(None, (validation, unlabelled, clean, *poisoned)):
            self.client.datasets.wait(dataset)
        return JobData(
            clean_validation=validation,
            unlabelled=unlabelled,
            clean_test=clean,
            poisoned_test=poisoned,
        )

    def _dataset(self, path: Path, *, role: DatasetRole = "clean") -> str:
        on_bytes = upload.telling(self.on_event, path)
        return self.client.datasets.add(path, on_bytes=on_bytes, role=role).id


def _check(job: JobView) -> None:
    if job.state == "failed":
        raise errors.from_json(job.error or {})
    if job.state == "canceled":
        raise errors.Canceled(f"job {job.id} was canceled")


def _answers(url: str, token: str) -> bool:
    try:
        with Client(url, token) as client:
            client.check()
    except errors.ProjectError:
        return False
    return True
