"""A real model is repaired, and then tried on pictures with and without its trigger."""

import io
from pathlib import Path

import h5py
import numpy as np
import pytest
from PIL import Image

from core import children
from core.results import Diagnosis
from service import artifacts, db, diagnoses, jobs, predictions
from service.schemas import JobCreate, JobPredict, ModelDiagnose
from service.tables import Dataset, Model, Upload
from tests import workshop
from worker import supervisor
from worker.runner import Runner

#: Digits are small and few, so there are more epochs.
PARAMS = {"flip": False, "shift": 1, "epochs": 40, "batch_size": 32, "learning_rate": 0.01}


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A worker with real children."""
    with workshop.workshop(tmp_path_factory.mktemp("state"), no_progress_limit_s=120) as shop:
        runner = Runner(shop.services.settings.job_folder)
        shop.closing.callback(runner.close)
        yield shop._with(runner=runner)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """Paths of the demo's files, by role."""
    folder = tmp_path_factory.mktemp("demo")
    request = {"kind": "demo", "request": {"output": str(folder), "seed": 0}}
    made = children.run(request, on_event=lambda _: None, folder=folder)
    return {role: Path(path) for role, path in made.items()}


def done(shop, job_id):
    supervisor.run(job_id, shop.services)
    job = shop.job(job_id)
    assert job.state == "succeeded", job.error
    return job


@pytest.fixture(scope="module")
def repair(shop, demo):
    """A repair of the demo's model that has succeeded."""

    def checked(table, file, **options):
        job_id = shop.intake_job(table, demo[file].read_bytes(), **options)
        return done(shop, job_id).request["id"]

    data = {
        "clean_validation": checked(Dataset, "clean_validation"),
        "clean_test": checked(Dataset, "clean_test"),
        "poisoned_test": [checked(Dataset, "poisoned_test", role="poisoned")],
        "unlabelled": checked(Dataset, "clean_validation", role="unlabelled"),
    }
    model_id = checked(Model, "model")
    with db.session_scope(shop.services.engine) as session:
        request = JobCreate(model=model_id, data=data, method="fine-pruning", params=PARAMS)
        job_id = jobs.submit(session, shop.owner_id, request).id
    return done(shop, job_id)


@pytest.mark.slow
def test_unlabelled_images_are_told_in_the_report(repair):
    inputs = repair.reports[""]["inputs"]
    assert inputs["unlabelled"]["n"] == inputs["clean_validation"]["n"]


@pytest.mark.slow
def test_a_real_model_is_diagnosed(shop, repair):
    asked = repair.request
    wanted = ModelDiagnose(clean_validation=asked["data"]["clean_validation"], preprocessing="/255")
    with db.session_scope(shop.services.engine) as session:
        job_id = diagnoses.submit(session, shop.owner_id, asked["model"], wanted).id
    found = Diagnosis.from_json(done(shop, job_id).result)
    assert found.n_classes == 10
    with db.session_scope(shop.services.engine, read_only=True) as session:
        names = {item.name for item in artifacts.list_artifacts(session, job_id)}
    drawn = {one.patch.picture for one in found.suspects if one.patch and one.patch.picture}
    assert {"diagnosis.json", "diagnosis.html", "diagnosis.md"} <= names
    assert drawn
    assert drawn <= names


def pictures_of(path, n):
    """The first pictures of a data set as PNG files."""
    with h5py.File(path) as file:
        images = file["data"][:n, 0].astype(np.uint8)
    contents = [io.BytesIO() for _ in images]
    for content, image in zip(contents, images, strict=True):
        Image.fromarray(image).save(content, "PNG")
    return [content.getvalue() for content in contents]


def tried(shop, repair, contents, **request):
    """What the models of a repair say to some pictures."""
    put = shop.services.storage.put
    with db.session_scope(shop.services.engine) as session:
        uploads = [
            Upload(owner_id=shop.owner_id, file_name="a.png", state="complete", sha256=file.sha256)
            for file in (put(io.BytesIO(content)) for content in contents)
        ]
        session.add_all(uploads)
        session.flush()
        job_id = predictions.submit_for_job(
            session, shop.owner_id, repair.id, JobPredict(**request),
            upload_ids=[upload.id for upload in uploads],
        ).id  # fmt: skip
    return done(shop, job_id).result["pictures"]


@pytest.mark.slow
def test_pictures_with_a_trigger_are_told_from_clean_ones(shop, demo, repair):
    contents = pictures_of(demo["poisoned_test"], 8) + pictures_of(demo["clean_test"], 8)
    found = tried(shop, repair, contents)
    assert {picture["before"]["label"] for picture in found[:8]} == {0}
    assert [picture["backdoored"] for picture in found[:8]].count(True) >= 6
    assert [picture["backdoored"] for picture in found[8:]].count(False) >= 6
    assert {picture["goodnet"]["label"] for picture in found if picture["backdoored"]} == {10}


@pytest.mark.slow
def test_images_of_a_data_set_can_be_tried(shop, repair):
    dataset_id = repair.request["data"]["poisoned_test"][0]
    found = tried(shop, repair, [], dataset=dataset_id, indices=[5, 0])
    assert [picture["name"] for picture in found] == ["thing 5", "thing 0"]
    assert {picture["label"] for picture in found} == {0}
