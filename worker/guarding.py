"""Connections to addresses that are public, and to no others.

What a name stands for is looked up once, looked at, and connected to: a name that stands for
something else a moment later gains nothing by it.
"""

import ipaddress
import socket
from collections.abc import Iterable

import httpcore


class PrivateAddress(Exception):
    """The name stands for an address of this machine or of its network."""


class PublicOnly(httpcore.NetworkBackend):
    """Opens TCP connections to public addresses; whoever asks for another one is refused."""

    def __init__(self, backend: httpcore.NetworkBackend | None = None) -> None:
        """A guard before another backend; that of sockets if none is named."""
        self._backend = backend or httpcore.SyncBackend()

    def connect_tcp(  # noqa: PLR0917 - as httpcore calls it
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first address of a host, if all of them are public.

        Raises:
            PrivateAddress: One of them is not.
            httpcore.ConnectError: The name stands for nothing, or nobody answers.
        """
        address = public_address(host, port)
        return self._backend.connect_tcp(address, port, timeout, local_address, socket_options)


def public_address(host: str, port: int) -> str:
    """The first address of a host.

    Raises:
        PrivateAddress: One of its addresses is not public.
        httpcore.ConnectError: It has none.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(f"there is no host {host}") from error
    addresses = [str(place[0]) for *_, place in found]
    for address in addresses:
        if not is_public(address):
            raise PrivateAddress(f"{host} is not a public address")
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, however it is written."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    inner = _inside(parsed)
    return parsed.is_global and not parsed.is_multicast and (inner is None or is_public(str(inner)))


def _inside(
    parsed: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address leads to, by one of the ways there are."""
    if isinstance(parsed, ipaddress.IPv4Address):
        return None
    if parsed in _NAT64:
        return ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
    teredo = parsed.teredo
    return parsed.ipv4_mapped or parsed.sixtofour or (teredo[1] if teredo else None)


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
