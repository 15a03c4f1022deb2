"""`netmend db`: the database."""

import typer

from service.settings import Settings

from . import terminal


def make_app() -> typer.Typer:
    """The commands of `netmend db`."""
    app = typer.Typer()
    app.callback()(_database)
    app.command()(upgrade)
    return app


def upgrade() -> int:
    """Bring the tables to the newest form; several may try at once.

    The database is that of NETMEND_DATABASE_URL, see docs/settings.md.

    \b
    netmend db upgrade
    """  # noqa: D301 - \b keeps the lines of the examples apart
    # Imported here because the other commands know no database.
    from service import db

    engine = db.make_engine(Settings())
    try:
        db.upgrade(engine)
    finally:
        engine.dispose()
    terminal.say("The tables have the newest form.")
    return 0


def _database() -> None:
    """Look after the database.

    \b
    netmend db upgrade
    """  # noqa: D301 - \b keeps the lines of the examples apart
