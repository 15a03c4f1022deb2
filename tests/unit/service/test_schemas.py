"""What the API takes and gives."""

import subprocess
import sys
import typing

import pydantic
import pytest

from core import catalogue
from core.errors import InvalidParams
from core.preprocessing import PREPROCESSINGS
from service import jobs, schemas
from service.schemas import JobCreate, JobView
from tests import factories
from tests.architecture import tree

ID = "0" * 36
SMALLEST = {"model": ID, "data": {"clean_validation": ID}}


def test_defaults_are_filled_in():
    job = JobCreate.model_validate(SMALLEST)
    assert (job.method, job.max_accuracy_drops, job.queue) == (
        catalogue.DEFAULT_METHOD, (0.04,), "cpu",
    )  # fmt: skip
    tuned = JobCreate.model_validate({**SMALLEST, "method": "fine-tuning"})
    assert tuned.params["learning_rate"] == 1e-3


def test_parameters_are_those_of_the_method():
    with pytest.raises(InvalidParams):
        JobCreate.model_validate({**SMALLEST, "params": {"sparsity": 0.5}})
    given = {**SMALLEST, "method": "magnitude-pruning", "params": {"sparsity": 0.5}}
    assert JobCreate.model_validate(given).params["sparsity"] == 0.5


@pytest.mark.parametrize(
    "wrong",
    [
        {"model": "short"},
        {"colour": "red"},
        {"params": []},
        {"method": 3},
        {"seed": -1},
        {"max_accuracy_drops": []},
        {"max_accuracy_drops": [0.1, 0.1]},
        {"max_accuracy_drops": [float("nan")]},
        {"max_accuracy_drops": [1.5]},
        {"preprocessing": "/256"},
        {"tags": ["a", "a"]},
        {"tags": [""]},
        {"name": "nul \x00"},
        {"gate": {"max_accuracy_drop": 2}},
        {"data": {"clean_validation": ID, "poisoned_test": [ID, ID]}},
    ],
    ids=str,
)
def test_a_field_that_does_not_fit_is_refused(wrong):
    with pytest.raises(pydantic.ValidationError):
        JobCreate.model_validate({**SMALLEST, **wrong})


def test_every_problem_is_told_at_once():
    with pytest.raises(pydantic.ValidationError) as caught:
        JobCreate.model_validate({"model": "short", "seed": -1})
    places = {error["loc"][0] for error in caught.value.errors()}
    assert places == {"model", "data", "seed"}


def test_preprocessings_are_those_of_core():
    assert set(typing.get_args(schemas.PreprocessingName)) == {"auto", *PREPROCESSINGS}


def test_a_view_of_a_job_has_all_that_is_known(session):
    job = factories.make_job(session, name="sunglasses")
    view = JobView.of(jobs.get(session, job.id), position=jobs.position(session, job))
    assert (view.id, view.name, view.state, view.position) == (job.id, "sunglasses", "queued", 1)
    assert view.progress.stage is None
    assert JobView.model_validate_json(view.model_dump_json()) == view


def test_a_view_says_times_in_utc(session):
    view = JobView.of(factories.make_job(session))
    assert view.model_dump(mode="json")["created_at"].endswith("Z")


def test_views_of_other_rows_are_made_alike(session):
    owner = factories.make_user(session)
    upload = factories.make_upload(session, owner)
    assert schemas.UploadView.of(upload, 4).offset == 4
    assert schemas.ModelView.of(factories.make_model(session, owner)).state == "ready"
    assert schemas.DatasetView.of(factories.make_dataset(session)).options["role"] == "clean"


def test_a_client_ignores_what_a_newer_server_adds():
    page = schemas.Page[str].model_validate({"data": ["a"], "next": None, "total": 1})
    assert page.data == ["a"]


def test_the_contract_needs_no_database():
    program = "import sys, service.schemas; print({'sqlalchemy', 'numpy'} & set(sys.modules))"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=tree.REPOSITORY, capture_output=True, text=True)
    assert done.stdout.strip() == "set()", done.stderr


@pytest.mark.parametrize(
    ("schema", "fields"),
    [
        (JobCreate, {**SMALLEST, "seed": 2**32 - 2}),
        (
            schemas.BatchCreate,
            {"models": [ID], "data": [SMALLEST["data"]], "seeds": [2**32 - 2, 0]},
        ),
    ],
)
def test_the_last_of_several_seeds_is_a_seed_too(schema, fields):
    assert schema.model_validate({**fields, "n_seeds": 2}).n_seeds == 2
    with pytest.raises(pydantic.ValidationError, match="take fewer of them") as refused:
        schema.model_validate({**fields, "n_seeds": 3})
    assert [item["loc"] for item in refused.value.errors()] == [("n_seeds",)]
