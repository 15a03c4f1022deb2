"""Every kind of error there is: its status, when it happens, what to do; docs/errors.md is this."""

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from core.errors import InternalError, ProjectError

from .. import error_pages
from .advice import Advice
from .inputs import BAD_INPUT
from .requests import REFUSED
from .service import NOT_NOW
from .work import FAILED, INTERRUPTED, JOB_FAILED

__all__ = ["CHAPTERS", "Problem", "markdown", "mend_of", "problems"]

_INTRO = """\
# Errors

Every error has a stable code, which is never renamed or used for something else. It stands in the
answers of the HTTP API, in the `error` of what was rejected and of jobs that failed, and in the
JSON that `--json` prints, together with a message for people and details for programs (`expected`,
`received`, `place`, …). *Status* is that of an HTTP answer; – is what only a job, a command or a
process that starts tells. Those of `netmend up` and of the client are in [running.md](running.md).

Made from the classes in `core/errors.py`, `service/errors.py` and `web/errors.py`, and from
`web/problems`.
"""

#: Title to the errors of that kind, in the order in which they are documented.
CHAPTERS = types.MappingProxyType(
    {
        "Bad input: exit code 2, nothing is written": BAD_INPUT,
        "The run failed: exit code 3": FAILED,
        "Interrupted: exit code 130": INTERRUPTED,
        "The service: what was asked for does not fit": REFUSED,
        "The service: not now": NOT_NOW,
        "The service: the job failed": JOB_FAILED,
    }
)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One kind of error."""

    code: str
    #: Of an HTTP answer; ``None`` where it is never one.
    status: int | None
    when: str
    mend: str


def problems() -> Iterator[Problem]:
    """All of them, in the order of the documentation."""
    for chapter in CHAPTERS.values():
        yield from _of(chapter)


def mend_of(kind: type[ProjectError]) -> str:
    """What to do about a kind of error; empty where nothing is known."""
    return next((items[kind].mend for items in CHAPTERS.values() if kind in items), "")


def markdown() -> str:
    """docs/errors.md: one row an error."""
    return "\n".join([_INTRO, *(_table(title, items) for title, items in CHAPTERS.items())])


def _of(chapter: Mapping[type[ProjectError], Advice]) -> Iterator[Problem]:
    for kind, advice in chapter.items():
        yield Problem(
            code=kind.code,
            status=_status(kind),
            when=advice.when or error_pages.title_of(kind),
            mend=advice.mend,
        )


def _status(kind: type[ProjectError]) -> int | None:
    status = error_pages.status_of(kind)
    return None if status == 500 and kind is not InternalError else status


def _table(title: str, chapter: Mapping[type[ProjectError], Advice]) -> str:
    rows = [
        f"| `{item.code}` | {item.status or '–'} | {item.when} | {item.mend} |"
        for item in _of(chapter)
    ]
    return "\n".join(
        [f"## {title}", "", "| code | status | when | what to do |", "|---|---|---|---|", *rows, ""]
    )
