"""`netmend login`: remember a server."""

import sys
from typing import Annotated

import typer

from core import errors

from ..client import Client
from . import server, terminal
from .server import Login

Address = Annotated[str, typer.Argument(metavar="URL", help="As 'netmend up' prints it.")]


def login(url: Address, *, token: server.Token = None) -> int:
    """Check a token and remember it with its server, for this user alone.

    Asks for the token; where nobody can be asked, it is read from the standard input.

    \b
    netmend login http://127.0.0.1:8400
    netmend login https://netmend.example < token.txt
    """  # noqa: D301 - \b keeps the lines of the examples apart
    found = Login(url=url.rstrip("/"), token=token or _asked())
    with Client(found.url, found.token) as client:
        client.check()
    path = server.save(found)
    terminal.say(f"Logged in to {found.url}; kept in {path}")
    return 0


def _asked() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Token", hide_input=True, err=True)).strip()
    token = sys.stdin.readline().strip()
    if not token:
        raise errors.InvalidInput("there is no token on the standard input")
    return token
