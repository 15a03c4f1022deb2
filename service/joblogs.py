"""The log of a job: what happened to it, then what its children wrote."""

from sqlalchemy.orm import Session

from . import artifacts, jobs
from .storage import Storage
from .tables import FINAL, Artifact

_LAST, _EARLIER = "log.txt", "log-attempt-"


def pieces(session: Session, job_id: str) -> tuple[str, list[Artifact]]:
    """The lines of what happened, and the files of what was written, in order.

    Until a job has ended there are no files. So text is only ever added at the end, and a reader
    can go on where it was.

    Raises:
        NotFound: There is no such job.
    """
    job = jobs.get(session, job_id)
    if job.state not in FINAL:
        return _told(session, job_id), []
    files = [item for item in artifacts.list_artifacts(session, job.id) if _is_log(item.name)]
    return _told(session, job_id), sorted(files, key=lambda item: item.attempt)


def text(told: str, files: list[Artifact], storage: Storage) -> bytes:
    """The whole log."""
    parts = [told.encode()]
    for file in files:
        with storage.open(file.sha256) as stream:
            parts += [f"--- attempt {file.attempt}\n".encode(), stream.read()]
    return b"".join(parts)


def _told(session: Session, job_id: str) -> str:
    return "".join(f"{line}\n" for line in jobs.log_lines(session, job_id))


def _is_log(name: str) -> bool:
    return name == _LAST or name.startswith(_EARLIER)
