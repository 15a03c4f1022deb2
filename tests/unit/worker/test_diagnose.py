"""A model is diagnosed in a child; here a script stands for it."""

import pytest

from service import artifacts, db, diagnoses
from service.schemas import ModelDiagnose
from service.tables import Dataset, Model
from worker import supervisor

DONE = """
begun()
with open(request["output"] + "/diagnosis.json", "w") as file:
    file.write("{}")
tell(result={"asked": request, "kind": asked["kind"]})
"""
REFUSED = """
tell(error={"code": "shape-mismatch", "message": "no", "details": {"role": "clean validation"}})
"""


@pytest.fixture
def diagnose(shop):
    """A function: the job that a child with this script has done."""

    def diagnose(script):
        with db.session_scope(shop.services.engine) as session:
            model, images = shop.ready(Model), shop.ready(Dataset)
            session.add_all([model, images])
            session.flush()
            wanted = ModelDiagnose(clean_validation=images.id, preprocessing="/255", seed=7)
            job_id = diagnoses.submit(session, shop.owner_id, model.id, wanted).id
        supervisor.run(job_id, shop.with_children(script).services)
        return shop.job(job_id)

    return diagnose


def test_the_diagnosis_is_the_result_of_the_job(shop, diagnose):
    job = diagnose(DONE)
    assert (job.state, job.result["kind"]) == ("succeeded", "diagnose")
    assert job.result["asked"]["seed"] == 7
    assert job.result["asked"]["preprocessing"] == "/255"


def test_its_files_are_kept(shop, diagnose):
    job = diagnose(DONE)
    with db.session_scope(shop.services.engine, read_only=True) as session:
        names = [item.name for item in artifacts.list_artifacts(session, job.id)]
    assert "diagnosis.json" in names


def test_images_that_do_not_fit_are_named(diagnose):
    job = diagnose(REFUSED)
    assert (job.state, job.error["code"]) == ("failed", "shape-mismatch")
    assert job.error["details"]["pointer"] == "#/clean_validation"
    assert job.error["details"]["dataset_name"] == "thing"
