"""Whether a server may listen where others reach it."""

import ipaddress
import socket

import sqlalchemy as sa

from . import accounts, db, errors
from .settings import Settings


def check(settings: Settings, engine: sa.Engine) -> None:
    """Go on only if nobody else reaches the server, or somebody looks after who may come in.

    Raises:
        NoAccounts: It would listen on an address that is not of this machine alone, and there is
            no admin yet.
        DatabaseUnavailable: The database is away.
    """
    if is_loopback(settings.web_host):
        return
    with db.session_scope(engine, read_only=True) as session:
        if accounts.is_anybody_there(session):
            return
    raise errors.NoAccounts(
        f"others can reach {settings.web_host}, and there is no admin yet",
        variables=["NETMEND_WEB_HOST"],
        hint="make one with 'netmend db upgrade --admin NAME', or listen on 127.0.0.1",
    )


def is_loopback(host: str) -> bool:
    """Whether an address, or all that a name stands for, is of this machine alone."""
    try:
        found = {item[4][0] for item in socket.getaddrinfo(host or "0.0.0.0", None)}
        return all(ipaddress.ip_address(str(address)).is_loopback for address in found)
    except (OSError, ValueError):
        return False
