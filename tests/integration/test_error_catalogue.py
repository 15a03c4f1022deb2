"""What is wrong with an upload is told by its code: sent over the API, met by a real child."""

import functools
import zipfile

import h5py
import numpy as np
import pytest

from service import accounts, db
from service.tables import User
from tests import workshop
from tests.unit.core.modelfile import files as models
from web import app as web_app
from worker import supervisor

pytestmark = pytest.mark.slow

GREY = np.zeros((4, 1, 8, 8), np.uint8)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with workshop.workshop(tmp_path_factory.mktemp("state")) as shop:
        yield shop


@pytest.fixture(scope="module")
def client(shop):
    with db.session_scope(shop.services.engine) as session:
        owner = session.get_one(User, shop.owner_id)
        token = accounts.issue_token(session, owner, "test", ["admin"])
    app = web_app.create_app(shop.services.settings)
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    yield client
    app.extensions["netmend"].engine.dispose()


@pytest.fixture
def rejected(shop, client, tmp_path):
    """A function: what the API tells of a file once a worker has looked at it."""

    def rejected(kind, make, **asked):
        path = tmp_path / "file.h5"
        make(path)
        upload = client.post("/api/v1/uploads", json={"file_name": path.name}).get_json()["id"]
        client.put(f"/api/v1/uploads/{upload}", data=path.read_bytes())
        added = client.post(f"/api/v1/{kind}", json={"upload_id": upload, **asked}).get_json()
        supervisor.run(added["intake_job_id"], shop.services)
        told = client.get(f"/api/v1/{kind}/{added['id']}").get_json()
        job = client.get(f"/api/v1/jobs/{added['intake_job_id']}").get_json()
        assert (told["state"], job["state"]) == ("rejected", "failed")
        assert told["error"] == job["error"]
        return told["error"]

    return rejected


def _page(path):
    path.write_text("<!DOCTYPE html>")


def _half_of_a_model(path):
    models.h5(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _not_finite(path):
    weights = models.arrays()
    weights["conv"]["conv/bias:0"][0] = np.nan
    models.h5(path, weights=weights)


def _with_a_lambda(path):
    extra = [models.entry("Lambda", "code", "conv", function=["abc", None, None])]
    models.h5(path, models.config(extra=extra))


def _with_a_link(path):
    models.h5(path)
    with h5py.File(path, "a") as file:
        file["elsewhere"] = h5py.ExternalLink("/etc/passwd", "/")


def _other_weights(path):
    models.weights_h5(path, models.arrays())


def _set(path, images=GREY, labels=(0, 1, 2, 3)):
    with h5py.File(path, "w") as file:
        file["data"], file["label"] = images, np.asarray(labels)


def _packed_otherwise(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("cats/1.png", b"")


@pytest.mark.parametrize(
    ("code", "make", "asked"),
    [
        ("not-hdf5", _page, {}),
        ("corrupt-file", _half_of_a_model, {}),
        ("not-a-keras-model", _set, {}),
        ("weights-not-finite", _not_finite, {}),
        ("unsafe-model", _with_a_lambda, {}),
        ("unsafe-file", _with_a_link, {}),
        ("weights-only-model", _other_weights, {}),
        ("incompatible-weights", _other_weights, {"architecture": "deepid-1283"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_model_is_rejected_with_the_code_of_what_is_wrong(rejected, code, make, asked):
    error = rejected("models", make, **asked)
    assert error["code"] == code
    assert error["message"]


@pytest.mark.parametrize(
    ("code", "make"),
    [
        ("not-a-dataset", models.h5),
        ("dataset-invalid", functools.partial(_set, images=GREY[:0], labels=())),
        ("label-out-of-range", functools.partial(_set, labels=(0, 1, 2, -3))),
        ("unsupported-format", _packed_otherwise),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_data_set_is_rejected_with_the_code_of_what_is_wrong(rejected, code, make):
    error = rejected("datasets", make)
    assert error["code"] == code
    assert error["message"]
