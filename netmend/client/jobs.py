"""Jobs of a server: submitted, watched, canceled, their files downloaded."""

import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import httpx
import pydantic

from core.results import RepairReport
from service.schemas import (
    ArtifactView,
    Comparison,
    EventView,
    JobCreate,
    JobRetry,
    JobSummary,
    JobView,
    Plan,
)

from . import errors, subjects, transport
from .transport import Transport

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.1, 1.0
_BLOCK_BYTES = 2**20
_MAX_CUTS = 5


class EventList(pydantic.BaseModel):
    """Events in the order in which they happened."""

    data: Sequence[EventView]
    last: int
    is_final: bool


class ArtifactList(pydantic.BaseModel):
    """The files that a job made."""

    data: Sequence[ArtifactView]


class Jobs:
    """The jobs of a server."""

    def __init__(self, server: Transport) -> None:
        self._server = server

    def submit(self, job: JobCreate) -> JobView:
        """A new job; sent twice by the network, it is still one."""
        return self._server.post("/jobs", JobView, job)

    def plan(self, job: JobCreate) -> Plan:
        """What `submit` would make; nothing is made."""
        return self._server.post("/jobs?dry_run=true", Plan, job)

    def get(self, job_id: str) -> JobView:
        """A job as it is now."""
        return self._server.get(f"/jobs/{job_id}", JobView)

    def list(self, **filters: Any) -> Iterator[JobSummary]:
        """Jobs, newest first if not asked otherwise; pages are asked for as they are needed.

        Args:
            filters: The fields of `service.schemas.JobFilter`, and ``sort``.
        """
        return subjects.pages(self._server, "/jobs", JobSummary, **filters)

    def cancel(self, job_id: str) -> JobView:
        """Ask for the end of a job."""
        return self._server.post(f"/jobs/{job_id}/cancel", JobView)

    def retry(self, job_id: str, overrides: Mapping[str, Any] | None = None) -> JobView:
        """A job that has ended again, as a new one."""
        return self._server.post(
            f"/jobs/{job_id}/retry", JobView, JobRetry(overrides=dict(overrides or {}))
        )

    def compare(self, job_ids: Sequence[str]) -> Comparison:
        """Figures of jobs side by side, with their changes from the first."""
        return self._server.get("/compare", Comparison, job=tuple(job_ids))

    def compare_csv(self, job_ids: Sequence[str]) -> str:
        """The same as CSV."""
        return self._server.text("/compare.csv", job=list(job_ids))

    def events(
        self, job_id: str, *, after: int = 0, timeout_s: float | None = None
    ) -> Iterator[EventView]:
        """What happens to a job, as it happens, until it has ended.

        Args:
            job_id: The job.
            after: Number of the last event that is known.
            timeout_s: So long at most.

        Raises:
            WaitTimedOut: It has not ended by then; it goes on.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        pause_s = _FIRST_PAUSE_S
        while True:
            found = self._server.get(f"/jobs/{job_id}/events", EventList, after=after or None)
            yield from found.data
            after = found.last
            if found.is_final:
                return
            if deadline is not None and time.monotonic() > deadline:
                raise errors.WaitTimedOut(
                    f"job {job_id} has not ended after {timeout_s:g} s; it goes on",
                    place=job_id, hint=f"'netmend watch {job_id}' waits on",
                )  # fmt: skip
            pause_s = _FIRST_PAUSE_S if found.data else min(2 * pause_s, _LONGEST_PAUSE_S)
            time.sleep(pause_s)

    def wait(self, job_id: str, *, timeout_s: float | None = None) -> JobView:
        """A job when it has ended.

        Raises:
            WaitTimedOut: It has not ended by then; it goes on.
        """
        for _ in self.events(job_id, timeout_s=timeout_s):
            pass
        return self.get(job_id)

    def reports(self, job_id: str) -> dict[str, RepairReport]:
        """Subfolder (``""`` for a single budget) to report; empty before the job has succeeded."""
        found = self.get(job_id).reports or {}
        return {name: RepairReport.from_json(report) for name, report in found.items()}

    def artifacts(self, job_id: str) -> Sequence[ArtifactView]:
        """The files that a job made."""
        return self._server.get(f"/jobs/{job_id}/artifacts", ArtifactList).data

    def download(self, job_id: str, artifact: ArtifactView, folder: Path) -> Path:
        """A file of a job, checked by its SHA-256, under its own name in a folder.

        Raises:
            WrongChecksum: It is not what the server has, also at the second try.
            ServerUnreachable: The server went away and did not come back.
        """
        path = folder / _safe(artifact.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.part")
        try:
            self._fetch(f"/jobs/{job_id}/artifacts/{artifact.name}", artifact, partial)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        return path

    def _fetch(self, path: str, artifact: ArtifactView, partial: Path) -> None:
        """The bytes, from where they were cut off."""
        partial.unlink(missing_ok=True)
        partial.touch()
        for cut in range(_MAX_CUTS + 1):
            if partial.stat().st_size >= artifact.n_bytes:
                break
            try:
                self._fetch_rest(path, partial)
            except httpx.TransportError as error:
                if cut == _MAX_CUTS:
                    raise self._server.unreachable(error) from error
                time.sleep(_FIRST_PAUSE_S * 2**cut)
        if _sha256(partial) != artifact.sha256:
            raise errors.WrongChecksum(f"{artifact.name} arrived damaged", place=artifact.name)

    def _fetch_rest(self, path: str, partial: Path) -> None:
        start = partial.stat().st_size
        headers = {"Accept": "*/*", **({"Range": f"bytes={start}-"} if start else {})}
        with self._server.stream(path, headers) as response:
            if not response.is_success:
                response.read()
                transport.checked(response)
            with partial.open("ab" if response.status_code == 206 else "wb") as file:
                for block in response.iter_bytes(_BLOCK_BYTES):
                    file.write(block)


def _safe(name: str) -> PurePosixPath:
    """The name as a path that stays in its folder."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or "\\" in name:
        raise errors.NotNetmend(f"the server has a file called {name!r}, which is no name for one")
    return path


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
