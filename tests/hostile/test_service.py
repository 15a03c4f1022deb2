"""Hostile files in the running service: each is rejected, and the work goes on."""

import os

import httpx
import pytest

from core import errors
from netmend.client import Client
from tests.hostile import corpus
from tests.hostile.kinds import SECRET
from tests.integration.test_up import started
from tests.unit.core.data import files as sets
from tests.unit.core.modelfile import files

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("up")]

NAMES = (
    "lambda in h5", "operation that writes", "external storage of the environment",
    "tower of nothing", "name with markup", "zip bomb that lies", "pickle in an npz",
    "images that over inflate", "pictures that grow", "web page",
)  # fmt: skip
KINDS = {kind.name: kind for kind in corpus.KINDS}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def up(folder):
    kept = {name: os.environ[name] for name in os.environ if not name.startswith("NETMEND_")}
    home = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with started(folder / "state", {**kept, **home}) as running:
        yield running


@pytest.fixture
def client(up):
    with Client(up.url, up.token) as client:
        yield client


def given(client, kind, path):
    subjects = client.models if kind.role == "model" else client.datasets
    return subjects.wait(subjects.add(path).id, timeout_s=60)


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_upload_is_rejected_and_the_next_good_one_is_taken(name, client, up, tmp_path):
    (tmp_path / "traps").mkdir()
    traps, kind = corpus.set_traps(tmp_path / "traps"), KINDS[name]
    path = corpus.made(kind, tmp_path, traps)
    with pytest.raises(errors.InvalidInput) as caught:
        given(client, kind, path)
    assert caught.value.code == kind.code
    assert SECRET.decode() not in str(caught.value)
    assert not traps.marker.exists()
    good = files.h5(tmp_path / f"{name}.h5", weights=files.arrays(seed=len(name)))
    assert given(client, KINDS["lambda in h5"], good).state == "ready"
    assert httpx.get(f"{up.url}/healthz").status_code == 200


def test_a_good_data_set_is_taken_after_all_that(client, tmp_path):
    path = sets.h5(tmp_path / "good.h5", sets.faces(), range(6), compression="gzip")
    assert given(client, KINDS["pickle in an npz"], path).state == "ready"
