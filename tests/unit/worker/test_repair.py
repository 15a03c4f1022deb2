"""What the child is asked comes from the job and from what its inputs were declared to be."""

import json

import pytest

from service import db, jobs
from service.schemas import JobCreate
from service.tables import Dataset, Model
from tests import workshop
from worker import supervisor

#: Fails with what it was asked, and what lies in the folders that it was given.
TELL_ALL = """
folders = [request["model"], request["tests"]["clean"], request["tests"]["poisoned"][0]["folder"]]
found = [sorted(os.listdir(folder)) for folder in folders]
tell(error={"code": "repair-failed", "message": "", "details": {"asked": asked, "found": found}})
"""


@pytest.fixture
def asked(shop):
    """A repair with everything in it; what its child was asked, and found."""
    with db.session_scope(shop.services.engine) as session:
        model, clean, poisoned = (shop.ready(table) for table in (Model, Dataset, Dataset))
        poisoned.options = {"role": "poisoned", "labels": "original", "target_label": 3}
        session.add_all([model, clean, poisoned])
        session.flush()
        data = {
            "clean_validation": clean.id,
            "clean_test": clean.id,
            "poisoned_test": [poisoned.id],
        }
        options = {"method": "fine-tuning", "max_accuracy_drops": [0.01, 0.02], "seed": 7}
        asked = {"method": "fine-pruning", "gate": {"max_accuracy_drop": 0.1}, **options}
        request = JobCreate(model=model.id, data=data, **asked)
        job_id = jobs.submit(session, shop.owner_id, request).id
    supervisor.run(job_id, shop.with_children(TELL_ALL).services)
    return shop.job(job_id)


def test_the_child_is_asked_what_the_job_asks_for(asked):
    options = asked.error["details"]["asked"]["request"]["options"]
    assert (options["method"], options["max_accuracy_drops"]) == ("fine-tuning", [0.01, 0.02])
    assert (options["seed"], options["gate"]["max_accuracy_drop"]) == (7, 0.1)
    assert options["goodnet"]["rule"] == "auto"
    assert options["command"] == f"netmend retry {asked.id}"


def test_a_poisoned_set_means_what_was_declared(asked):
    (poisoned,) = asked.error["details"]["asked"]["request"]["tests"]["poisoned"]
    assert (poisoned["labels"], poisoned["target_label"]) == ("original", 3)


def test_the_inputs_are_unpacked_in_the_folder_of_the_job(asked):
    details = asked.error["details"]
    assert details["found"] == [["facts.json"]] * 3
    assert asked.id in details["asked"]["folder"]
    assert json.dumps(details["asked"]).count(details["asked"]["folder"]) == 6


def test_a_job_may_ask_for_less_time_than_there_is(shop):
    job_id = shop.repair_job(time_limit_s=0.5)
    supervisor.run(job_id, shop.with_children(workshop.HANG).services)
    assert shop.job(job_id).error["code"] == "time-limit-exceeded"


#: Refuses an input as core does.
REFUSE = """
role = "poisoned test thing"
tell(error={"code": "shape-mismatch", "message": "too small", "details": {"role": role}})
"""


def test_what_is_wrong_with_an_input_says_which_one_it_is(shop):
    with db.session_scope(shop.services.engine) as session:
        model, clean, poisoned = (shop.ready(table) for table in (Model, Dataset, Dataset))
        poisoned.options = {"role": "poisoned"}
        session.add_all([model, clean, poisoned])
        session.flush()
        data = {"clean_validation": clean.id, "poisoned_test": [poisoned.id]}
        request, poisoned_id = (
            JobCreate(model=model.id, data=data, method="fine-pruning"),
            poisoned.id,
        )
        job_id = jobs.submit(session, shop.owner_id, request).id
    supervisor.run(job_id, shop.with_children(REFUSE).services)
    details = shop.job(job_id).error["details"]
    assert details["pointer"] == "#/data/poisoned_test/0"
    assert (details["dataset_id"], details["dataset_name"]) == (poisoned_id, "thing")


@pytest.mark.parametrize("queue", ["cpu", "gpu"])
def test_the_child_is_told_whether_the_work_is_meant_for_a_gpu(shop, queue):
    tell_gpu = """
tell(error={"code": "repair-failed", "message": "", "details": request["options"]})
"""
    job_id = shop.repair_job(queue=queue)
    supervisor.run(job_id, shop.with_children(tell_gpu).services)
    assert shop.job(job_id).error["details"]["wants_gpu"] is (queue == "gpu")
