"""`netmend up`: the whole service on this machine."""

from pathlib import Path
from typing import Annotated

import typer

from service.settings import Settings

from . import terminal

State = Annotated[
    Path | None,
    typer.Option("--state", metavar="FOLDER", help="Folder for everything that is kept."),
]
Host = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Address to listen on; 127.0.0.1 if not given."),
]
Port = Annotated[
    int | None, typer.Option(min=0, max=65535, metavar="PORT", help="0 is any that is free.")
]
Slots = Annotated[int, typer.Option(min=1, max=64, metavar="N", help="Repairs at a time.")]


def up(*, state: State = None, host: Host = None, port: Port = None, slots: Slots = 1) -> int:
    """Start broker, workers, dispatcher and web server; Ctrl-C stops all of them.

    Other settings are read from the environment, see docs/settings.md.

    \b
    netmend up
    netmend up --state somewhere --port 0
    """  # noqa: D301 - \b keeps the lines of the examples apart
    # Imported here because only this command speaks to the database itself.
    from .. import embedded

    def announce(running: embedded.Running) -> None:
        terminal.say(f"netmend runs at {running.url}")
        terminal.say(f"Open it, once, with {running.welcome}")
        terminal.say(f"Token: {running.token}")
        terminal.say(f"State and logs: {running.folder}")
        terminal.say("Ctrl-C stops it; what is not done then goes on at the next start.")

    console = terminal.stderr()
    embedded.run(
        settings(state, host, port),
        slots=slots,
        on_ready=announce,
        tell=lambda text: terminal.print_progress(console, text),
    )
    terminal.say("Stopped.")
    return 0


def settings(state: Path | None, host: str | None, port: int | None) -> Settings:
    """The settings of the environment, but for what the options say."""
    given = {"state_folder": state, "web_host": host, "web_port": port}
    found = Settings(**{name: value for name, value in given.items() if value is not None})
    if host is None or host in found.trusted_hosts or "*" in found.trusted_hosts:
        return found
    return found.model_copy(update={"trusted_hosts": (*found.trusted_hosts, host)})
