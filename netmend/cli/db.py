"""`netmend db`: the database."""

import contextlib
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from service.settings import Settings

from . import installation, terminal

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the user.")]
Scopes = Annotated[
    list[str],
    typer.Option("--scope", metavar="[read|submit|admin]", help="What the token is for."),
]

Admin = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="If there is no admin yet, make this one, and print the link that lets them in, once.",
    ),
]

_EVERYTHING = ["admin"]


def make_app() -> typer.Typer:
    """The commands of `netmend db`."""
    app = typer.Typer()
    app.callback()(_database)
    app.command()(upgrade)
    app.command()(user)
    return app


def upgrade(*, admin: Admin = None) -> int:
    """Bring the tables to the newest form; several may try at once.

    The database is that of NETMEND_DATABASE_URL, see docs/settings.md.

    \b
    netmend db upgrade
    netmend db upgrade --admin alice
    """  # noqa: D301 - \b keeps the lines of the examples apart
    # Imported here because the other commands know no database.
    from service import db

    with _engine() as engine:
        db.upgrade(engine)
        terminal.say("The tables have the newest form.")
        if admin is not None:
            _make_first_admin(engine, admin)
    return 0


def user(name: Name, *, scope: Scopes = _EVERYTHING) -> int:
    """Make a token for a user, who is made as well if need be; it is shown this one time.

    \b
    netmend db user alice
    netmend db user robot --scope read --scope submit
    """  # noqa: D301 - \b keeps the lines of the examples apart
    # Imported here because the other commands know no database.
    from service import accounts, audit, db

    with _engine() as engine, db.session_scope(engine) as session:
        audit.act_as(session, installation.actor())
        found = accounts.find_user(session, name)
        if found is None:
            found = accounts.create_user(session, name, _role(scope))
        token = accounts.issue_token(session, found, "netmend db user", scope)
    terminal.print_lines([token])
    return 0


def _make_first_admin(engine: Any, name: str) -> None:
    from service import accounts, audit, db

    with db.session_scope(engine) as session:
        if accounts.is_anybody_there(session):
            return
        audit.act_as(session, installation.actor())
        found = accounts.find_user(session, name) or accounts.create_user(session, name)
        accounts.change_role(session, found, "admin")
        invitation = accounts.issue_invitation(session, found)
    terminal.print_lines([f"{Settings().address}/welcome/{invitation}"])


def _role(scopes: list[str]) -> str:
    """The least role whose tokens may have these scopes."""
    if "admin" in scopes:
        return "admin"
    return "submitter" if "submit" in scopes else "viewer"


@contextlib.contextmanager
def _engine() -> Iterator[Any]:
    from service import db

    engine = db.make_engine(Settings())
    try:
        yield engine
    finally:
        engine.dispose()


def _database() -> None:
    """Look after the database.

    \b
    netmend db upgrade
    netmend db user alice
    """  # noqa: D301 - \b keeps the lines of the examples apart
