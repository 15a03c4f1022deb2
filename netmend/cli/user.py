"""`netmend user`: who may use the service."""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from service.settings import Settings

from . import installation, options, terminal

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from service.tables import User

_INVITATION_DAYS = 7.0

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the user.")]
Role = Annotated[str, typer.Argument(metavar="ROLE", help="viewer, submitter or admin.")]
NewRole = Annotated[str, typer.Option("--role", metavar="ROLE", help="viewer, submitter or admin.")]
Scopes = Annotated[
    list[str],
    typer.Option("--scope", metavar="[read|submit|admin]", help="What the token is for."),
]
Days = Annotated[
    float | None,
    typer.Option("--days", metavar="DAYS", help="How long it is valid; for ever if not given."),
]
_TO_LOOK = ["read"]


def make_app() -> typer.Typer:
    """The commands of `netmend user`."""
    app = typer.Typer()
    app.callback()(_user)
    app.command("list")(list_)
    for command in (add, role, disable, enable, invite, token):
        app.command()(command)
    return app


def add(name: Name, *, role: NewRole = "submitter") -> int:
    """Make a user, and print the link that lets them into the pages, once.

    \b
    netmend user add alice
    netmend user add bob --role admin
    """  # noqa: D301 - \b keeps the lines of the examples apart
    # Imported here, and below, because the other commands know no database.
    from service import accounts

    with _session() as (settings, session):
        user = accounts.create_user(session, name, role)
        invitation = accounts.issue_invitation(session, user, days=_INVITATION_DAYS)
    _print_welcome(settings, invitation)
    return 0


def list_(*, as_json: options.AsJson = False) -> int:
    """All users, with their roles.

    \b
    netmend user list
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from service import accounts

    with _session() as (_, session):
        users = accounts.list_users(session)
    if as_json:
        terminal.print_json([_to_json(user) for user in users])
        return 0
    rows = ((user.name, user.role, "disabled" if user.disabled_at else "") for user in users)
    terminal.print_table(("Name", "Role", "State"), rows)
    return 0


def role(name: Name, role: Role) -> int:
    """Give a user another role; what their tokens may do changes at once.

    \b
    netmend user role alice viewer
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from service import accounts

    with _session() as (_, session):
        accounts.change_role(session, _named(session, name), role)
    terminal.say(f"{name} is a {role} now.")
    return 0


def disable(name: Name) -> int:
    """Keep a user out, and all tokens of theirs; what they made stays.

    \b
    netmend user disable alice
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from service import accounts

    with _session() as (_, session):
        accounts.disable(session, _named(session, name))
    terminal.say(f"{name} is kept out now.")
    return 0


def enable(name: Name) -> int:
    """Let a user in again, with the tokens that they had.

    \b
    netmend user enable alice
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from service import accounts

    with _session() as (_, session):
        accounts.enable(session, _named(session, name))
    terminal.say(f"{name} may come in again.")
    return 0


def invite(name: Name) -> int:
    """Print a new link that lets a user into the pages, once; earlier ones stop working.

    \b
    netmend user invite alice
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from service import accounts

    with _session() as (settings, session):
        user = _named(session, name)
        invitation = accounts.issue_invitation(session, user, days=_INVITATION_DAYS)
    _print_welcome(settings, invitation)
    return 0


def token(name: Name, *, scope: Scopes = _TO_LOOK, days: Days = None) -> int:
    """Make a token for a program of a user; it is shown this one time.

    \b
    netmend user token robot --scope read --scope submit --days 90
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from service import accounts

    with _session() as (_, session):
        user = _named(session, name)
        issued = accounts.issue_token(session, user, "netmend user token", scope, days=days)
    terminal.print_lines([issued])
    return 0


@contextlib.contextmanager
def _session() -> Iterator[tuple[Settings, "Session"]]:
    from service import audit, db

    settings = Settings()
    with installation.opened(settings) as engine, db.session_scope(engine) as session:
        audit.act_as(session, installation.actor())
        yield settings, session


def _named(session: "Session", name: str) -> "User":
    from service import accounts, errors

    user = accounts.find_user(session, name)
    if user is None:
        raise errors.NotFound(f"there is no user {name!r}", hint="'netmend user list' names them")
    return user


def _print_welcome(settings: Settings, invitation: str) -> None:
    terminal.print_lines([f"{settings.address}/welcome/{invitation}"])


def _to_json(user: "User") -> dict[str, object]:
    return {
        "id": user.id,
        "name": user.name,
        "role": user.role,
        "disabled_at": user.disabled_at.isoformat() if user.disabled_at else None,
    }


def _user() -> None:
    """Look after users: who they are, and what they may do.

    \b
    netmend user add alice
    netmend user list
    """  # noqa: D301 - \b keeps the lines of the examples apart
