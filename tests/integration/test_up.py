"""The service as people start it: `netmend up`, the command line against it, and one Ctrl-C."""

import contextlib
import json
import os
import re
import signal
import stat
import subprocess

import psutil
import pytest

from core import children
from core.requests import DemoRequest
from core.results import RepairReport
from netmend.client import Client, JobCreate, JobData, ProblemError
from tests.integration.command_line import NETMEND, netmend

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("up")]

ROLES = ("clean_validation", "clean_test", "poisoned_test")
QUICK = {"flip": False, "shift": 1, "epochs": 4, "batch_size": 32, "learning_rate": 0.01}


class Up:
    """A running `netmend up`."""

    def __init__(self, process):
        self.process = process
        told = [process.stdout.readline() for _ in range(5)]
        assert told[0].startswith("netmend runs at "), (told, process.poll())
        self.url = re.search(r"http://\S+", told[0])[0]
        self.token = re.search(r"nmt_\S+", told[2])[0]
        self.family = psutil.Process(process.pid).children(recursive=True)

    def alive(self):
        return [item for item in self.family if item.is_running() and not _is_zombie(item)]


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    own = tmp_path_factory.mktemp("home")
    kept = {name: os.environ[name] for name in os.environ if not name.startswith("NETMEND_")}
    return {**kept, "HOME": str(own), "XDG_CONFIG_HOME": str(own)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module", autouse=True)
def up(folder, environment):
    with started(folder, environment) as running:
        yield running


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Role to file of the demo on real digits."""
    folder = tmp_path_factory.mktemp("demo")
    request = {"kind": "demo", "request": DemoRequest(output=str(folder)).to_json()}
    return children.run(request, on_event=lambda _: None, folder=folder)


@pytest.fixture
def client(up):
    with Client(up.url, up.token) as client:
        yield client


@contextlib.contextmanager
def started(folder, environment):
    command = [NETMEND, "up", "--state", folder, "--port", "0"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield Up(process)
        finally:
            process.kill()


def test_a_model_is_repaired_over_http_from_upload_to_report(client, files, tmp_path):
    model = client.models.add(files["model"])
    images = {role: client.datasets.add(files[role], role=_role(role)) for role in ROLES}
    for subject in (client.models.wait(model.id), *map(_ready(client), images.values())):
        assert subject.state == "ready"
    job = client.jobs.submit(
        JobCreate(
            model=model.id,
            data=JobData(
                clean_validation=images["clean_validation"].id,
                clean_test=images["clean_test"].id,
                poisoned_test=(images["poisoned_test"].id,),
            ),
            method="fine-pruning",
            params={**QUICK, "epochs": 40},
        )
    )
    events = list(client.jobs.events(job.id, timeout_s=300))
    ended = client.jobs.get(job.id)
    assert (ended.state, ended.error) == ("succeeded", None)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert ended.attack_success_rate_after < ended.attack_success_rate_before
    for artifact in client.jobs.artifacts(job.id):
        client.jobs.download(job.id, artifact, tmp_path)
    report = RepairReport.from_json(json.loads((tmp_path / "report.json").read_text()))
    assert report == client.jobs.reports(job.id)[""]
    assert ended.verdict == report.verdict
    assert (tmp_path / ended.repaired_model_path).is_file()


def test_the_command_line_finds_the_server_that_runs_here(folder, environment, files, tmp_path):
    environment = {**environment, "NETMEND_STATE_FOLDER": str(folder)}
    sets = [f"--set={name}={str(value).lower()}" for name, value in QUICK.items()]
    outcome = netmend(
        *("submit", files["model"], "--clean-validation", files["clean_validation"]),
        *("--clean-test", files["clean_test"], "--poisoned-test", files["poisoned_test"]),
        *(
            "--method",
            "fine-pruning",
            *sets,
            "--gate-asr",
            "0",
            "-o",
            tmp_path / "repaired",
            "--json",
        ),
        env=environment,
    )
    assert outcome.returncode == 1, outcome.stderr  # no interval ends at 0, so the gate is missed
    job = json.loads(outcome.stdout)
    assert (tmp_path / "repaired" / "report.html").is_file()
    listed = netmend("jobs", env=environment)
    assert job["id"] in listed.stdout
    assert netmend("watch", job["id"], env=environment).returncode == 1
    assert netmend("cancel", job["id"], env=environment).returncode == 2


def test_the_demo_is_done_by_the_service_that_runs_here(folder, environment, client, tmp_path):
    environment = {**environment, "NETMEND_STATE_FOLDER": str(folder)}
    outcome = netmend("demo", env=environment, cwd=tmp_path)
    assert outcome.returncode == 0, outcome.stderr
    assert f"netmend runs at {client.url} already" in outcome.stderr
    assert (tmp_path / "netmend-demo" / "report.html").is_file()
    assert next(client.jobs.list(kind="repair")).name == "demo"


def test_a_file_that_is_no_model_is_rejected_with_the_reason(up, files, environment):
    outcome = netmend(
        *("upload", "model", files["clean_test"], "--server", up.url),
        env={**environment, "NETMEND_TOKEN": up.token},
    )
    assert outcome.returncode == 2
    assert "not a Keras model" in outcome.stderr or "data set" in outcome.stderr


def test_a_login_is_kept_for_this_user_alone(up, environment, tmp_path):
    environment = {**environment, "XDG_CONFIG_HOME": str(tmp_path)}
    outcome = netmend("login", up.url, env=environment, input=f"{up.token}\n")
    assert outcome.returncode == 0, outcome.stderr
    (kept,) = tmp_path.rglob("login.json")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert netmend("jobs", env=environment).returncode == 0


def test_a_wrong_token_is_exit_code_4(up, environment):
    outcome = netmend("jobs", "--server", up.url, "--token", "nmt_no", env=environment)
    assert outcome.returncode == 4
    assert "token is not valid" in outcome.stderr


def test_an_unknown_job_is_a_problem_with_a_code(client):
    with pytest.raises(ProblemError) as refusal:
        client.jobs.get("0" * 8 + "-0000" * 3 + "-" + "0" * 12)
    assert (refusal.value.code, refusal.value.status) == ("not-found", 404)


def test_a_wait_that_is_over_is_exit_code_6_and_a_canceled_job_5(up, client, files, environment):
    environment = {**environment, "NETMEND_TOKEN": up.token, "NETMEND_URL": up.url}
    submit = ("submit", files["model"], "--clean-validation", files["clean_validation"])
    forever = ("--method", "fine-tuning", "--set", "epochs=500", "--set", "learning_rate=0.000001")
    outcome = netmend(*submit, *forever, "--wait", "--timeout", "1", env=environment)
    assert outcome.returncode == 6, outcome.stderr
    job_id = next(client.jobs.list(kind="repair")).id
    assert netmend("cancel", job_id, env=environment).returncode == 0
    assert netmend("watch", job_id, env=environment).returncode == 5


def test_a_second_one_in_the_same_folder_is_refused(up, folder, environment):
    outcome = netmend("up", "--state", folder, "--port", "0", env=environment)
    assert outcome.returncode == 2
    assert f"process {up.process.pid}" in outcome.stderr


def test_a_port_that_is_taken_is_refused(up, environment, tmp_path):
    port = up.url.rpartition(":")[2]
    outcome = netmend("up", "--state", tmp_path / "other", "--port", port, env=environment)
    assert outcome.returncode == 2
    assert "another port" in outcome.stderr


@pytest.mark.parametrize(("name", "word"), [("web", "gunicorn"), ("broker", "valkey-server")])
def test_a_process_that_is_killed_is_started_again(up, client, name, word):
    direct = psutil.Process(up.process.pid).children()
    (process,) = [item for item in direct if word in " ".join(item.cmdline())]
    process.kill()
    told = up.process.stdout.readline()
    assert told == f"{name} ended (signal 9); it is started again\n"
    assert up.process.poll() is None
    client.check()


def test_one_interrupt_stops_all_and_the_next_start_gives_the_same_token(environment, tmp_path):
    folder = tmp_path / "state"
    with started(folder, environment) as first:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / "server.json").stat().st_mode) == 0o600
        first.process.send_signal(signal.SIGINT)
        assert first.process.wait(40) == 0
        assert first.alive() == []
        assert not (folder / "server.json").exists()
    with started(folder, environment) as second:
        assert second.token == first.token
        second.process.send_signal(signal.SIGTERM)
        assert second.process.wait(40) == 0


def test_all_die_with_a_launcher_that_is_killed(environment, tmp_path):
    with started(tmp_path / "state", environment) as running:
        running.process.kill()
        _, alive = psutil.wait_procs(running.family, timeout=20)
    assert alive == []


def _role(role):
    return "poisoned" if role == "poisoned_test" else "clean"


def _ready(client):
    return lambda images: client.datasets.wait(images.id)


def _is_zombie(process):
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.status() == psutil.STATUS_ZOMBIE
    return True
