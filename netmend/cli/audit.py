"""`netmend audit`: who did what, and whether anybody changed the story."""

import re
from typing import TYPE_CHECKING, Annotated

import typer

from core import errors
from service.settings import Settings

from . import installation, options, terminal

if TYPE_CHECKING:
    from service.audit import Head
    from service.tables import AuditEvent

#: The log is not as it was written.
_CHANGED = 1
_HEAD = re.compile(r"([0-9]{1,12}):([0-9a-f]{64})")

Limit = Annotated[int, typer.Option("--last", min=1, max=10_000, metavar="N", help="How many.")]
Known = Annotated[
    str | None,
    typer.Option("--known", metavar="NUMBER:HASH", help="What an earlier 'verify' printed."),
]


def make_app() -> typer.Typer:
    """The commands of `netmend audit`."""
    app = typer.Typer()
    app.callback()(_audit)
    app.command()(show)
    app.command()(verify)
    return app


def show(*, last: Limit = 50, as_json: options.AsJson = False) -> int:
    """The last events, oldest first.

    \b
    netmend audit show --last 20
    """  # noqa: D301 - \b keeps the lines of the examples apart
    # Imported here, and below, because the other commands know no database.
    from service import accounts, audit, db

    opened = installation.opened(Settings())
    with opened as engine, db.session_scope(engine, read_only=True) as session:
        events = audit.newest(session, limit=last)
        names = {user.id: user.name for user in accounts.list_users(session)}
    if as_json:
        terminal.print_json([_to_json(event, names) for event in events])
        return 0
    rows = (
        (event.seq, f"{event.at:%Y-%m-%d %H:%M:%S}", names.get(event.actor, event.actor),
         event.source, event.action, f"{event.kind} {event.object_id}", event.result)
        for event in events
    )  # fmt: skip
    terminal.print_table(("Number", "When", "Who", "From", "What", "To", "Result"), rows)
    return 0


def verify(*, known: Known = None, as_json: options.AsJson = False) -> int:
    """Recompute the hash of every event, and name those that were changed; exit code 1 then.

    Keep what it prints somewhere else: who can change the database can cut off its end.

    \b
    netmend audit verify
    netmend audit verify --known 120:5f3c…
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from service import audit, db

    wanted = _head(known) if known else None
    opened = installation.opened(Settings())
    with opened as engine, db.session_scope(engine, read_only=True) as session:
        verdict = audit.verify(session, known=wanted)
    head = f"{verdict.head.seq}:{verdict.head.hash}"
    if as_json:
        wrong = {str(number): what for number, what in verdict.wrong.items()}
        terminal.print_json({"n": verdict.head.seq, "head": head, "wrong": wrong})
    else:
        for number, what in verdict.wrong.items():
            terminal.say(f"Event {number}: {what}", style="red")
        told = "were changed" if verdict.wrong else "are as they were written"
        terminal.say(f"{len(verdict.wrong) or verdict.head.seq} events {told}. Head: {head}")
    return _CHANGED if verdict.wrong else 0


def _head(text: str) -> "Head":
    from service.audit import Head

    found = _HEAD.fullmatch(text)
    if found is None:
        raise errors.InvalidInput(
            f"{text!r} is no head of the log", expected="NUMBER:HASH, as 'verify' prints it"
        )
    return Head(seq=int(found[1]), hash=found[2])


def _to_json(event: "AuditEvent", names: dict[str, str]) -> dict[str, object]:
    return {
        "seq": event.seq,
        "at": event.at.isoformat(),
        "actor": event.actor,
        "name": names.get(event.actor),
        "source": event.source,
        "action": event.action,
        "kind": event.kind,
        "object_id": event.object_id,
        "sha256": event.sha256,
        "result": event.result,
        "details": event.details,
        "hash": event.hash,
    }


def _audit() -> None:
    """Look at who did what, and make sure that nobody changed the story.

    \b
    netmend audit show
    netmend audit verify
    """  # noqa: D301 - \b keeps the lines of the examples apart
