"""Hostile files in the running service: each is rejected and written down, and the work goes on."""

import contextlib
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from core import errors
from netmend.client import Client
from tests.hostile import corpus
from tests.hostile.kinds import SECRET, Kind
from tests.integration.command_line import netmend
from tests.integration.test_up import started
from tests.unit.core.data import files as sets
from tests.unit.core.modelfile import files

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("up")]

CODE = (
    "lambda in h5", "lambda in a nested model", "lambda in an archive", "operation that writes",
    "vocabulary from a file", "module to import", "pickle in an npz",
)  # fmt: skip
ELSEWHERE = (
    "external link", "hard link in a circle", "external storage of the environment",
    "virtual array", "named type", "images packed by a stranger",
)  # fmt: skip
TOO_MUCH = (
    "shape without end", "weight packed three times", "images that over inflate",
    "zip bomb that lies", "header that declares terabytes", "pictures that grow",
    "activations without end",
)  # fmt: skip
WRONG = (
    "weights of another shape", "circle of layers", "deep json", "nan for a weight",
    "dropout of twice what there is",
)  # fmt: skip
HANGS_OR_CRASHES = ("tower of nothing", "addresses beyond the end")
STRANGERS = ("web page", "model cut short", "user block", "zip slip")
TEXTS = ("name with markup", "name with controls")
#: One of each demand at least; the whole corpus meets the same child in `test_corpus`.
NAMES = (*CODE, *ELSEWHERE, *TOO_MUCH, *WRONG, *HANGS_OR_CRASHES, *STRANGERS, *TEXTS)
KINDS = {kind.name: kind for kind in corpus.KINDS}


@dataclass(frozen=True)
class Given:
    """A hostile file that the service was given."""

    kind: Kind
    #: Of the file and of what it aims at, with all that was there before.
    folder: Path
    before: list[Path]
    id: str


@dataclass(frozen=True)
class Flood:
    """All that the service was given at once."""

    hostile: dict[str, Given]
    #: Ids of good ones, before, among and after the others.
    models: list[str]
    datasets: list[str]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """All that the service may write to."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "temporary").mkdir()
    return folder


@pytest.fixture(scope="module")
def environment(home):
    kept = {name: os.environ[name] for name in os.environ if not name.startswith("NETMEND_")}
    own = {"HOME": home, "XDG_CONFIG_HOME": home, "TMPDIR": home / "temporary"}
    return {**kept, **{name: str(path) for name, path in own.items()}}


@pytest.fixture(scope="module")
def up(home, environment):
    with started(home / "state", environment) as running:
        yield running


@pytest.fixture(scope="module")
def client(up):
    with Client(up.url, up.token) as client:
        yield client


@pytest.fixture(scope="module")
def servers(up):
    """The processes that `netmend up` looks after, as they were at first."""
    return psutil.Process(up.process.pid).children()


@pytest.fixture(scope="module")
def flood(client, servers, tmp_path_factory):
    """Many files, none of which is waited for."""
    folder, half = tmp_path_factory.mktemp("flood"), len(NAMES) // 2
    images = sets.h5(folder / "good.h5", sets.faces(), range(6), compression="gzip")
    before = client.models.add(files.h5(folder / "before.h5"))
    hostile = {name: given(client, name, folder) for name in NAMES[:half]}
    among = client.datasets.add(images)
    hostile |= {name: given(client, name, folder) for name in NAMES[half:]}
    after = client.models.add(files.h5(folder / "after.h5", weights=files.arrays(seed=1)))
    return Flood(hostile, models=[before.id, after.id], datasets=[among.id])


@pytest.fixture(scope="module")
def rows(client, flood):
    """Name to row, when the service has looked at the file."""
    return {name: settled(client, hostile) for name, hostile in flood.hostile.items()}


@pytest.fixture(scope="module")
def story(rows, home, environment):
    """The audit log after all that."""
    state = {**environment, "NETMEND_STATE_FOLDER": str(home / "state")}
    told = netmend("audit", "show", "--last", 10_000, "--json", env=state)
    assert netmend("audit", "verify", env=state).returncode == 0
    return json.loads(told.stdout)


def given(client, name, folder):
    kind, place = KINDS[name], folder / name.replace(" ", "-")
    (place / "traps").mkdir(parents=True)
    path = corpus.made(kind, place, corpus.set_traps(place / "traps"))
    return Given(kind, place, sorted(place.rglob("*")), subjects(client, kind).add(path).id)


def settled(client, hostile):
    own = subjects(client, hostile.kind)
    with contextlib.suppress(errors.ProjectError):
        own.wait(hostile.id, timeout_s=60)
    return own.get(hostile.id)


def subjects(client, kind):
    return client.models if kind.role == "model" else client.datasets


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_file_is_refused_on_its_row_and_does_nothing(name, flood, rows):
    hostile, row = flood.hostile[name], rows[name]
    assert row.state == "rejected"
    assert row.error["code"] == hostile.kind.code
    assert row.error["message"].isprintable()
    assert SECRET.decode() not in row.model_dump_json()
    assert sorted(hostile.folder.rglob("*")) == hostile.before  # no marker, nothing else


@pytest.mark.parametrize("name", NAMES)
def test_the_refusal_is_one_line_of_the_audit_log(name, flood, story):
    hostile = flood.hostile[name]
    lines = [line for line in story if line["object_id"] == hostile.id]
    assert [(line["action"], line["result"]) for line in lines] == [
        ("intake.refuse", hostile.kind.code)
    ]
    content = (hostile.folder / f"upload{hostile.kind.suffix}").read_bytes()
    assert lines[0]["sha256"] == hashlib.sha256(content).hexdigest()


def test_good_files_among_them_are_taken(client, flood, rows):
    models = [client.models.wait(item, timeout_s=60) for item in flood.models]
    images = [client.datasets.wait(item, timeout_s=60) for item in flood.datasets]
    assert [row.state for row in (*models, *images)] == ["ready"] * 3


def test_the_service_answers_and_none_of_its_processes_was_replaced(up, servers, rows):
    assert httpx.get(f"{up.url}/healthz").status_code == 200
    assert psutil.Process(up.process.pid).children() == servers


def test_the_service_wrote_to_its_own_folders_and_nothing_of_what_is_secret(home, story):
    written = [path for path in home.rglob("*") if path.is_file()]
    places = {path.relative_to(home).parts[0] for path in written}
    assert places - {".cache"} == {"state"}  # the web server keeps there which fonts there are
    assert [path for path in written if SECRET in path.read_bytes()] == []
