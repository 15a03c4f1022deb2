"""Brokers that can be killed, flushed and robbed of their messages."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import amqp.exceptions
import kombu
import redis

from netmend.embedded import broker as embedded
from service import queue

from .programs import Program

_RABBITMQ = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")


class Broker(Protocol):
    """A broker in a process of its own."""

    url: str
    program: Program

    def answers(self) -> bool:
        """Whether it can be used."""
        ...

    def drop(self) -> int:
        """Take away all messages that wait; how many there were."""
        ...

    def flush(self) -> None:
        """Forget everything, or what comes nearest to it."""
        ...


class Valkey:
    """The broker of `netmend up`, which keeps nothing on disk."""

    def __init__(self, socket_folder: Path, folder: Path) -> None:
        path = socket_folder / "valkey"
        self.url = embedded.url(path)
        self._path = path
        made = embedded.program(path)
        self.program = Program("broker", made.command, environment={}, folder=folder)

    def answers(self) -> bool:
        """See `Broker`."""
        return embedded.answers(self._path)

    def drop(self) -> int:
        """See `Broker`."""
        with self._client() as client:
            lists = [key for key in client.keys("netmend:*") if client.type(key) == b"list"]
            n_messages = sum(int(client.llen(key)) for key in lists)
            if lists:
                client.delete(*lists)
            return n_messages

    def flush(self) -> None:
        """See `Broker`."""
        with self._client() as client:
            client.flushall()

    def _client(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self._path), socket_timeout=5)


class RabbitMq:
    """The one of Debian, run by us: its own ports, folder and port mapper, on 127.0.0.1."""

    def __init__(self, folder: Path, mapper_port: int) -> None:
        self._port = free_port()
        self.url = f"amqp://guest:guest@127.0.0.1:{self._port}//"
        environment = {
            "HOME": str(folder),  # of the cookie
            "ERL_EPMD_PORT": str(mapper_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"chaos{os.getpid()}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self._port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "logs"),
            "RABBITMQ_CONFIG_FILE": str(folder / "none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        }
        self.program = Program("broker", [str(_RABBITMQ)], environment=environment, folder=folder)

    def answers(self) -> bool:
        """See `Broker`."""
        try:
            with kombu.Connection(self.url, connect_timeout=2) as connection:
                connection.connect()
        except (OSError, amqp.exceptions.AMQPError):
            return False
        return True

    def drop(self) -> int:
        """See `Broker`."""
        with kombu.Connection(self.url, connect_timeout=2) as connection:
            return sum(_purged(connection, name) for name in queue.QUEUES)

    def flush(self) -> None:
        """See `Broker`: the messages are purged; queues and bindings it does not forget."""
        self.drop()


@contextlib.contextmanager
def valkey(folder: Path) -> Iterator[Broker]:
    """A Valkey, not started yet."""
    with tempfile.TemporaryDirectory(prefix="nm", dir="/tmp") as short:  # a socket's path is short
        yield Valkey(Path(short), folder)


@contextlib.contextmanager
def rabbitmq(folder: Path) -> Iterator[Broker]:
    """A RabbitMQ, not started yet, and its port mapper."""
    port = free_port()
    mapper = [str(shutil.which("epmd")), "-port", str(port), "-address", "127.0.0.1"]
    with subprocess.Popen(mapper) as process:
        try:
            yield RabbitMq(folder, port)
        finally:
            process.kill()


def missing_rabbitmq() -> str | None:
    """Why RabbitMQ cannot be run here; ``None`` where it can."""
    if _RABBITMQ.exists() and shutil.which("epmd"):
        return None
    return "there is no RabbitMQ here; on Debian: apt-get install rabbitmq-server"


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _purged(connection: kombu.Connection, name: str) -> int:
    try:
        return int(connection.default_channel.queue_purge(name) or 0)
    except amqp.exceptions.NotFound:  # nobody has used it yet
        connection.close()
        return 0
