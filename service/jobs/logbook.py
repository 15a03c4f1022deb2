"""The log of a job as lines of text: what happened to it."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from ..schemas import EventView
from . import events

_AT_A_TIME = 500


def lines(session: Session, job_id: str) -> Iterator[str]:
    """One line for each event of a job, in order."""
    last = 0
    while rows := events.events_after(session, job_id, last, limit=_AT_A_TIME):
        yield from (_line(EventView.of(row)) for row in rows)
        last = rows[-1].seq


def _line(event: EventView) -> str:
    moment = event.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    facts = {key: value for key, value in event.data.items() if value not in (None, "", {}, [])}
    return " ".join([moment, event.type, *(f"{key}={value}" for key, value in facts.items())])
