"""New repair."""

import io
import urllib.parse

import pytest
import sqlalchemy as sa

from service import db, jobs
from service.tables import Job
from tests import factories
from tests.unit.web.pages.conftest import mark_of
from web.pages import recipes

MODEL_FACTS = {
    "container": "h5", "keras_version": None, "input_shape": [12, 12, 3], "n_classes": 10,
    "n_parameters": 5, "convolutions": [], "layers": [], "warnings": [],
}  # fmt: skip
IMAGE_FACTS = {
    "n": 6, "shape": [6, 12, 12, 3], "layout": "NHWC", "stored_dtype": "uint8",
    "value_range": [0, 255], "label_range": [0, 2], "n_classes": 3, "has_true_label": False,
    "constant_label": None,
}  # fmt: skip


@pytest.fixture
def ready(held, owner):
    """The fields of a form in which a model and clean images are chosen."""
    with held.session() as session:
        model = factories.make_model(session, owner, name="sunglasses", facts=MODEL_FACTS)
        images = factories.make_dataset(session, owner, name="faces", facts=IMAGE_FACTS)
        return {"model": model.id, "data.clean_validation": images.id}


@pytest.fixture
def press(browser):
    """Sends the form as a browser without scripts does."""

    def pressed(fields, **files):
        mark = mark_of(browser.get("/repairs/new").text)
        return browser.post(
            "/repairs/new",
            data={"csrf_token": mark, **fields, **files},
            content_type="multipart/form-data",
        )

    return pressed


@pytest.fixture
def job_of(held):
    """The job that a form has led to."""

    def found(led):
        with held.session(read_only=True) as session:
            return jobs.get(session, led.headers["Location"].removeprefix("/jobs/"))

    return found


def fields_of(led):
    """What stands in the address that a form has led to."""
    return urllib.parse.parse_qs(urllib.parse.urlsplit(led.headers["Location"]).query)


def test_the_empty_form_says_what_is_needed_and_offers_recipes(browser):
    page = browser.get("/repairs/new").text
    assert (
        "Course lab: X\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}2, 4, 10, 30\N{NO-BREAK SPACE}%" in page
    )
    assert "Best repair" in page
    assert page.count('class="needed"') == 2  # a model and clean images


def test_what_is_chosen_is_shown_with_what_was_understood(browser, ready):
    page = browser.get("/repairs/new", query_string=ready).text
    assert "one of 10 classes" in page
    assert "6 of" in page
    assert "shows 3 of 10 classes" in page


def test_nothing_is_warned_of_before_anything_is_chosen(browser):
    assert "Before you start" not in browser.get("/repairs/new").text


def test_a_repair_is_started(press, ready, job_of):
    fields = {"method": "fine-pruning", "name": "first", "tags": "csaw, lab", "seed": "7"}
    led = press({**ready, "act": "start", **fields})
    job = job_of(led)
    assert led.status_code == 303
    assert (job.name, job.tags, job.method) == ("first", ["csaw", "lab"], "fine-pruning")
    assert job.request["seed"] == 7


def test_a_repair_without_a_name_is_called_after_its_model_and_method(press, ready, job_of):
    led = press({**ready, "act": "start", "method": "fine-pruning"})
    assert job_of(led).name == "sunglasses · fine-pruning"


def test_the_course_lab_asks_for_four_budgets(press, ready, job_of):
    job = job_of(press({**ready, "act": "start", "recipe": "lab"}))
    assert job.request["max_accuracy_drops"] == [0.02, 0.04, 0.1, 0.3]


def test_budgets_that_are_typed_go_before_those_of_the_recipe(press, ready, job_of):
    fields = {"recipe": "lab", "max_accuracy_drops": "3, 5 %", "gate.max_accuracy_drop": "10"}
    job = job_of(press({**ready, "act": "start", **fields}))
    assert job.request["max_accuracy_drops"] == [0.03, 0.05]
    assert job.request["gate"]["max_accuracy_drop"] == 0.1


def test_parameters_of_another_method_do_not_count(press, ready, job_of):
    fields = {"recipe": "seed", "params_of": "fine-pruning", "params.epochs": "99"}
    job = job_of(press({**ready, "act": "start", **fields}))
    assert (job.method, job.request["params"]["epochs"]) == ("magnitude-pruning", 3)


def test_a_method_can_be_chosen_by_name(press, ready, job_of):
    fields = {"method": "fine-tuning", "params_of": "fine-tuning", "params.epochs": "2"}
    job = job_of(press({**ready, "act": "start", **fields}))
    assert (job.method, job.request["params"]["epochs"]) == ("fine-tuning", 2)


def test_all_that_is_missing_or_wrong_is_told_at_once_and_nothing_is_lost(press):
    fields = {
        "method": "fine-pruning", "params_of": "fine-pruning", "params.epochs": "99999",
        "max_accuracy_drops": "4, banana", "seed": "x", "name": "my repair",
    }  # fmt: skip
    told = press({"act": "start", **fields})
    assert told.status_code == 422
    assert "5 things are to be mended" in told.text
    assert all(f'value="{text}"' in told.text for text in ("99999", "4, banana", "my repair"))


def test_a_repair_waits_for_its_files(press, ready, held, owner):
    with held.session() as session:
        checked = factories.make_dataset(session, owner, state="checking")
    told = press({**ready, "data.clean_test": checked.id, "act": "start"})
    assert told.status_code == 409
    assert "is checking, not ready" in told.text


def test_files_that_come_are_chosen_and_the_rest_of_the_form_stays(press, browser):
    files = {
        "model.file": (io.BytesIO(b"model"), "bad.h5"),
        "data.clean_validation.file": (io.BytesIO(b"images"), "clean.h5"),
        "data.poisoned_test.file": [
            (io.BytesIO(b"one"), "one.h5"), (io.BytesIO(b"two"), "two.h5"),
        ],
    }  # fmt: skip
    led = press({"act": "start", "name": "my repair", "declare.target_label": "3"}, **files)
    fields = fields_of(led)
    assert led.status_code == 303
    assert fields["name"] == ["my repair"]
    assert len(fields["data.poisoned_test"]) == 2
    assert browser.get(led.headers["Location"]).text.count("data-checking") == 4


def test_a_poisoned_set_is_declared_as_the_form_says(press, browser):
    declared = {"declare.labels": "original", "declare.target_label": "3", "declare.people": "true"}
    led = press(declared, **{"data.poisoned_test.file": (io.BytesIO(b"one"), "one.h5")})
    dataset = fields_of(led)["data.poisoned_test"][0]
    options = browser.get(f"/api/v1/datasets/{dataset}").get_json()["options"]
    assert (options["role"], options["labels"], options["target_label"]) == (
        "poisoned", "original", 3,
    )  # fmt: skip
    assert options["people"] is True


def test_a_file_that_is_too_large_does_not_cost_the_others(press):
    files = {
        "model.file": (io.BytesIO(b"x" * 1001), "large.h5"),
        "data.clean_validation.file": (io.BytesIO(b"images"), "clean.h5"),
    }
    told = press({"act": "start", "name": "my repair"}, **files)
    assert told.status_code == 413
    assert "large.h5: the limit is 1000 bytes" in told.text
    assert "clean.h5" in told.text
    assert 'value="my repair"' in told.text


def test_a_wrong_target_label_is_told(press):
    file = {"data.poisoned_test.file": (io.BytesIO(b"one"), "one.h5")}
    told = press({"declare.target_label": "-1", "name": "my repair"}, **file)
    assert told.status_code == 422
    assert "greater than or equal to 0" in told.text
    assert 'value="my repair"' in told.text


def test_a_file_of_an_unknown_field_is_refused(press):
    assert press({}, **{"other.file": (io.BytesIO(b"x"), "x.h5")}).status_code == 422


def test_what_is_chosen_can_be_taken_out(press, ready):
    led = press({**ready, "remove": f"model {ready['model']}"})
    assert fields_of(led) == {"data.clean_validation": [ready["data.clean_validation"]]}


def test_weights_can_be_read_with_an_architecture_in_place(press, held, owner):
    error = {"code": "weights-only-model", "message": "?", "details": {"candidates": ["a-1"]}}
    with held.session() as session:
        upload = factories.make_upload(session, owner)
        model = factories.make_model(
            session, owner, state="rejected", error=error, sha256=upload.sha256
        )
    led = press({"model": model.id, "again": f"model {model.id} a-1"})
    assert fields_of(led)["model"] != [model.id]


def test_what_is_not_there_any_more_is_told_in_its_field(browser):
    page = browser.get("/repairs/new?model=00000000-0000-7000-8000-000000000000").text
    assert "there is no model" in page


def test_a_form_of_another_site_starts_nothing(browser, ready, held):
    refused = browser.post(
        "/repairs/new", data={**ready, "act": "start"}, content_type="multipart/form-data"
    )
    assert refused.status_code == 403
    with held.session(read_only=True) as session:
        assert session.query(Job).count() == 0


def test_what_is_as_usual_does_not_stand_in_the_address(press, ready):
    usual = {"recipe": "best", "seed": "0", "params_of": recipes.offered()[0].method}
    assert set(fields_of(press({**ready, **usual}))) == set(ready)


def test_parameters_as_usual_do_not_stand_in_the_address(press, ready):
    chosen = {**ready, "method": "fine-pruning"}
    usual = {"params_of": "fine-pruning", "params.epochs": "20"}
    assert set(fields_of(press({**chosen, **usual}))) == set(chosen)


def test_where_no_worker_is_online_it_is_said_before_anything_is_started(browser):
    page = browser.get("/repairs/new?queue=gpu").text
    assert "No worker for the queue gpu is online: the job will wait." in page


@pytest.fixture
def photographs(held, owner):
    with held.session() as session:
        return factories.make_dataset(session, owner, options={"role": "unlabelled"}).id


def test_unlabelled_images_go_with_the_repair(press, ready, photographs, job_of):
    asked = {**ready, "data.unlabelled": photographs, "recipe": "lab", "act": "start"}
    assert job_of(press(asked)).request["data"]["unlabelled"] == photographs


def test_a_set_of_pictures_that_comes_is_declared_unlabelled(press, browser):
    file = (io.BytesIO(b"pictures"), "photographs.zip")
    led = press({"act": "look"}, **{"data.unlabelled.file": file})
    (dataset_id,) = fields_of(led)["data.unlabelled"]
    assert "Unlabelled: images of the kind" in browser.get(f"/datasets/{dataset_id}").text


def test_methods_stand_in_groups_with_what_the_chosen_one_does(browser):
    page = browser.get("/repairs/new?recipe=own&method=fine-tuning").text
    assert '<optgroup label="Baselines">' in page
    assert "Falls short:" in page


OPTIONS = {"n_seeds": "3", "reactivation": "false", "goodnet.targets": "0, 5"}


def test_seeds_reactivation_and_known_targets_go_with_the_repair(press, ready, job_of):
    asked = job_of(press({**ready, **OPTIONS, "act": "start"})).request
    assert (asked["n_seeds"], asked["reactivation"]) == (3, False)
    assert asked["goodnet"]["targets"] == [0, 5]


def test_options_stay_in_the_form_while_files_are_chosen(press, ready, browser):
    page = browser.get(press({**ready, **OPTIONS, "act": "look"}).headers["Location"]).text
    assert 'name="n_seeds" value="3"' in page
    assert 'name="goodnet.targets" value="0, 5"' in page
    assert 'name="reactivation" value="true" aria' in page  # the box, and no tick in it


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("n_seeds", "21"), "a whole number from 1 to 20"),
        (("goodnet.targets", "cat"), "write whole numbers from 0 on"),
        (("goodnet.targets", "10"), "the target 10 is none of the 10 classes of &#39;sunglasses"),
        (("goodnet.false_positive_rate", "0"), "greater than 0"),
    ],
)
def test_an_option_that_cannot_be_is_told_beside_its_field(press, ready, typed, words):
    told = press(dict([*ready.items(), ("act", "start"), typed]))
    assert told.status_code == 422
    assert words in told.text.partition(f'id="{typed[0]}-error">')[2].partition("</p>")[0]
    assert '<details id="more" open>' in told.text


def test_each_budget_and_seed_adds_to_the_time_that_is_told(browser, ready, held):
    with held.session() as session:
        job = factories.make_job(session)
        jobs.finish(session, factories.make_claim(session, job), jobs.Outcome())
        began = sa.update(Job).where(Job.id == job.id)
        session.execute(began.values(started_at=db.ago(60), finished_at=db.ago(0)))
    asked = {**ready, "recipe": "own", "method": "fine-pruning", "max_accuracy_drops": "2, 4"}
    page = browser.get("/repairs/new", query_string={**asked, "n_seeds": "3"}).text
    assert "about 6 min" in page


def test_that_a_backdoor_is_known_can_be_said(browser):
    page = browser.get("/repairs/new?recipe=own&method=auto").text
    assert 'name="params.assume_backdoor"' in page
    assert "ake it as known that there is a backdoor" in page
