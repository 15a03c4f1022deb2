"""Connections go to public addresses only, whatever name or way of writing stands for another."""

import socket

import httpcore
import pytest

from worker import guarding
from worker.guarding import PrivateAddress, PublicOnly

#: Ways to write an address of this machine, of its network, or of a cloud's own services.
PRIVATE = [
    "127.0.0.1", "localhost", "0.0.0.0", "0x7f000001", "2130706433", "127.1", "[::1]", "::1",
    "169.254.169.254", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "::ffff:127.0.0.1",
    "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::", "fe80::1", "fd00::1",
    "224.0.0.1", "255.255.255.255",
]  # fmt: skip


class Line(httpcore.NetworkBackend):
    """Remembers where it was to connect to."""

    def __init__(self):
        self.called = []

    def connect_tcp(self, host, *_):
        self.called.append(host)
        raise httpcore.ConnectError("nobody is there")


def stands_for(*addresses):
    return lambda host, port, type: [(0, 0, 0, "", (address, port)) for address in addresses]


@pytest.mark.parametrize("host", PRIVATE)
def test_nothing_goes_to_a_private_address(host):
    line = Line()
    with pytest.raises((PrivateAddress, httpcore.ConnectError)):
        PublicOnly(line).connect_tcp(host.strip("[]"), 443)
    assert line.called == []


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111"])
def test_public_addresses_are_reached(address, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", stands_for(address))
    line = Line()
    with pytest.raises(httpcore.ConnectError, match="nobody"):
        PublicOnly(line).connect_tcp("somewhere.example", 443)
    assert line.called == [address]


def test_one_private_address_among_several_is_enough_to_refuse(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", stands_for("1.1.1.1", "10.0.0.1"))
    with pytest.raises(PrivateAddress, match=r"rebinding\.example is not a public address"):
        guarding.public_address("rebinding.example", 443)


def test_a_name_is_looked_up_once(monkeypatch):
    answers = [stands_for("1.1.1.1"), stands_for("127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kw: answers.pop(0)(*args, **kw))
    line = Line()
    with pytest.raises(httpcore.ConnectError, match="nobody"):
        PublicOnly(line).connect_tcp("rebinding.example", 443)
    assert line.called == ["1.1.1.1"]


def test_a_name_that_stands_for_nothing_is_no_connection():
    with pytest.raises(httpcore.ConnectError, match="there is no host"):
        guarding.public_address("nothing.invalid", 443)
