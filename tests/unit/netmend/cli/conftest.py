"""A service without a network for the commands that talk to one."""

import functools
import json

import pytest
import structlog.testing

from netmend import cli
from netmend.cli import server
from netmend.client import Client
from service import queue
from tests.inprocess import Service


@pytest.fixture(scope="module")
def module_service(tmp_path_factory):
    service = Service(tmp_path_factory.mktemp("service"))
    yield service
    service.close()


@pytest.fixture
def service(module_service, monkeypatch):
    """A service that does at once what it is told of, and is the one that commands find."""
    monkeypatch.setattr(queue, "check", lambda _app: None)
    monkeypatch.setattr(queue, "send", lambda _app, _queue, job_id: module_service.do(job_id))
    inside = functools.partial(Client, transport=module_service.transport)
    monkeypatch.setattr(server, "Client", inside)
    monkeypatch.setenv("NETMEND_URL", "http://localhost")
    monkeypatch.setenv("NETMEND_TOKEN", module_service.token)
    with structlog.testing.capture_logs():  # standard output is for the commands
        yield module_service
    module_service.failures = []
    module_service.work()  # what waits is not for the next test


@pytest.fixture
def files(tmp_path):
    """Role to file; nothing in them is ever read."""
    names = ("model", "other", "clean_validation", "clean_test", "poisoned_test")
    made = {name: tmp_path / f"{name}.h5" for name in names}
    return {name: (path.write_text(name), path)[1] for name, path in made.items()}


@pytest.fixture
def run(service, capsys):
    """A function: exit code and what stood on stdout, as JSON if that was asked for."""

    def run(*arguments):
        code = cli.run([str(item) for item in arguments])
        out = capsys.readouterr().out
        return code, json.loads(out) if "--json" in arguments else out

    return run


@pytest.fixture
def job_id(run, files):
    """A job that has succeeded."""
    _, job = run(
        "submit", files["model"], "--clean-validation", files["clean_validation"],
        "--method", "fine-pruning", "--json",
    )  # fmt: skip
    return job["id"]
