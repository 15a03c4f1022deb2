"""Uploads become ready, or are refused; here without the child that meets them."""

import io

import numpy as np
import pytest

from core import children, errors
from service import artifacts, datasets, db, models
from service.tables import Dataset, Model
from worker import supervisor


@pytest.fixture
def ingest(monkeypatch):
    """Stands for both kinds of intake child; what it was called with."""
    calls = []

    def ingest(path, folder, **options):
        limit_s = options.pop("oversight").time_limit_s
        calls.append({"content": path.read_bytes(), "time_limit_s": limit_s, **options})
        folder.mkdir()
        (folder / "facts.json").write_text("{}")
        return {"n": 3}

    monkeypatch.setattr(children, "ingest_model", ingest)
    monkeypatch.setattr(children, "ingest_images", ingest)
    return calls


def run(shop, job_id):
    supervisor.run(job_id, shop.services)
    job = shop.job(job_id)
    module = models if job.request["subject"] == "model" else datasets
    with db.session_scope(shop.services.engine, read_only=True) as session:
        return job, module.get(session, job.request["id"])


def test_a_model_becomes_ready(shop, ingest):
    job, model = run(shop, shop.intake_job(Model, b"upload", architecture="deepid-1283"))
    assert (job.state, model.state, model.facts) == ("succeeded", "ready", {"n": 3})
    shop.services.storage.verify(model.canonical_sha256)
    assert ingest == [
        {
            "content": b"upload",
            "architecture": "deepid-1283",
            "name": "thing",
            "time_limit_s": 600.0,
        }
    ]


def test_a_data_set_becomes_ready(shop, ingest):
    job, dataset = run(shop, shop.intake_job(Dataset, b"upload", layout="NCHW"))
    assert (job.state, dataset.state) == ("succeeded", "ready")
    assert ingest[0]["layout"] == "NCHW"


def test_what_cannot_be_used_is_rejected(shop, monkeypatch):
    def refuse(*_, **__):
        raise errors.NotAModel("this is a data set")

    monkeypatch.setattr(children, "ingest_model", refuse)
    job, model = run(shop, shop.intake_job(Model, b"upload"))
    assert (job.state, model.state) == ("failed", "rejected")
    assert model.error["code"] == job.error["code"] == "not-a-keras-model"


def test_a_child_that_was_killed_is_another_attempt(shop, monkeypatch):
    def die(*_, **__):
        raise errors.ChildFailed("killed by SIGKILL", exit_code=-9)

    monkeypatch.setattr(children, "ingest_model", die)
    job, model = run(shop, shop.intake_job(Model, b"upload"))
    assert (job.state, model.state) == ("queued", "checking")


def test_a_real_file_is_refused_by_the_real_child(shop):
    job, dataset = run(shop, shop.intake_job(Dataset, b"no data set"))
    assert (job.state, dataset.state) == ("failed", "rejected")
    assert dataset.error["code"] == "not-hdf5"


def test_what_a_data_set_looks_like_is_kept_as_files_of_the_job(shop):
    content = io.BytesIO()
    np.savez(content, data=np.arange(120).reshape(2, 5, 4, 3), label=[0, 1])
    job, dataset = run(shop, shop.intake_job(Dataset, content.getvalue()))
    with db.session_scope(shop.services.engine, read_only=True) as session:
        names = {item.name for item in artifacts.list_artifacts(session, job.id)}
    assert names == {"overview/stats.json", *(f"overview/preview-{n}.png" for n in (1, 4, 9, 16))}
    with shop.services.storage.open(dataset.canonical_sha256) as packed:
        assert b"overview" not in packed.read()


def test_of_unlabelled_pictures_nobody_reads_labels(shop, monkeypatch):
    calls = []

    def ingest(paths, folder, **options):
        calls.append(options)
        folder.mkdir()
        (folder / "facts.json").write_text("{}")
        return {"n": len(paths), "original_sizes": [[4, 4]]}

    monkeypatch.setattr(children, "ingest_pictures", ingest)
    _, dataset = run(shop, shop.intake_job(Dataset, b"upload", role="unlabelled", layout="NCHW"))
    assert (dataset.state, dataset.facts) == ("ready", {"n": 1})
    assert (calls[0]["layout"], calls[0]["overview"]) == ("NCHW", True)
