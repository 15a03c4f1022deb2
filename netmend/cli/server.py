"""Which server a command talks to: the named one, that of the login, or the one that runs here."""

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from core import errors
from service.settings import Settings

from ..client import Client

_LOGIN = "login.json"
#: What `netmend up` writes into its state folder.
_RUNNING = "server.json"

Url = Annotated[
    str | None,
    typer.Option(
        "--server",
        metavar="URL",
        envvar="NETMEND_URL",
        help="The server; if not given, the one of 'netmend login', or that of 'netmend up'.",
        rich_help_panel="Server",
    ),
]
Token = Annotated[
    str | None,
    typer.Option(
        "--token",
        metavar="TOKEN",
        envvar="NETMEND_TOKEN",
        help="Better in the variable NETMEND_TOKEN: others can see what commands are given.",
        show_envvar=False,
        rich_help_panel="Server",
    ),
]


@dataclass(frozen=True, kw_only=True)
class Login:
    """A server and what opens it."""

    url: str
    token: str | None


@contextlib.contextmanager
def connected(url: str | None, token: str | None) -> Iterator[Client]:
    """A client of the server that is meant.

    Raises:
        InvalidInput: None is named, none was logged in to, and none runs here.
    """
    login = _meant(url, token)
    with Client(login.url, login.token) as client:
        yield client


def save(login: Login) -> Path:
    """Remember a server, readable for this user alone; where that is written."""
    path = _folder() / _LOGIN
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_name(f".{_LOGIN}.{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump({"url": login.url, "token": login.token}, file)
    partial.replace(path)
    return path


def _meant(url: str | None, token: str | None) -> Login:
    known = _read(_folder() / _LOGIN), _read(Settings().state_folder / _RUNNING)
    candidates = [login for login in known if login]
    if url is None:
        if not candidates:
            raise errors.InvalidInput(
                "there is no server to talk to",
                hint="start one with 'netmend up', or name one with 'netmend login URL'",
            )
        first = candidates[0]
        return Login(url=first.url, token=token or first.token)
    fitting = (login.token for login in candidates if login.url == url.rstrip("/"))
    return Login(url=url, token=token or next(fitting, None))


def _read(path: Path) -> Login | None:
    try:
        found = json.loads(path.read_text())
        return Login(url=str(found["url"]).rstrip("/"), token=found["token"])
    except (OSError, ValueError, KeyError, TypeError):
        return None  # not there, or not ours


def _folder() -> Path:
    return Path(typer.get_app_dir("netmend"))
