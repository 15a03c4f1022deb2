"""The library of models."""

import io

import pytest

from tests import factories
from tests.unit.web.pages import jobs as job_in
from tests.unit.web.pages.conftest import mark_of

TIMES = " \N{MULTIPLICATION SIGN} "
FACTS = {
    "container": "weights",
    "keras_version": "2.2.4",
    "input_shape": [12, 12, 3],
    "n_classes": 4,
    "n_parameters": 1234,
    "convolutions": ["conv_1"],
    "layers": [
        {"name": "conv_1", "kind": "Conv2D", "output_shape": [10, 10, 8], "n_parameters": 224}
    ],
    "warnings": ["it was read as deepid-1283"],
}


@pytest.fixture
def make(held, owner):
    """Makes a model."""

    def made(**columns):
        with held.session() as session:
            return factories.make_model(session, owner, **columns).id

    return made


def post(browser, address, fields, **files):
    """A form as a browser without scripts sends it."""
    data = {"csrf_token": mark_of(browser.get("/models").text), **fields, **files}
    return browser.post(address, data=data, content_type="multipart/form-data")


def test_without_models_the_page_says_what_to_bring(browser):
    assert "No models yet" in browser.get("/models").text


def test_a_list_says_what_each_model_is(browser, make):
    make(name="sunglasses", facts=FACTS)
    page = browser.get("/models").text
    assert "sunglasses" in page
    assert TIMES.join(["12", "12", "3"]) in page


def test_a_search_that_finds_nothing_says_so(browser, make):
    make(name="sunglasses")
    assert "Nothing fits" in browser.get("/models?q=other&state=").text


def test_a_long_list_leads_to_older_ones(browser, make):
    make(name="old one")
    make(name="new one")
    page = browser.get("/models?limit=1").text
    assert "new one" in page
    assert "cursor=" in page


def test_a_file_becomes_a_model_without_a_script(browser):
    file = (io.BytesIO(b"content"), "bad.h5")
    led = post(browser, "/models", {}, file=file)
    assert led.status_code == 303
    page = browser.get(led.headers["Location"]).text
    assert "bad.h5" in page
    assert "being looked at" in page


def test_a_form_without_a_file_says_so(browser):
    refused = post(browser, "/models", {})
    assert refused.status_code == 422
    assert "choose a file first" in refused.text


def test_a_file_that_is_too_large_is_told_beside_the_form(browser):
    refused = post(browser, "/models", {}, file=(io.BytesIO(b"x" * 1001), "large.h5"))
    assert refused.status_code == 422
    assert "large.h5: the limit is 1000 bytes" in refused.text


def test_a_file_from_a_page_of_somebody_else_is_not_kept(browser, settings):
    data = {"csrf_token": "made up", "file": (io.BytesIO(b"content"), "bad.h5")}
    refused = browser.post("/models", data=data, content_type="multipart/form-data")
    assert refused.status_code == 403
    assert "bad.h5" not in browser.get("/models").text


def test_the_page_of_a_model_shows_its_layers_and_what_was_noticed(browser, make):
    page = browser.get(f"/models/{make(facts=FACTS)}").text
    assert TIMES.join(["10", "10", "8"]) in page
    assert "it was read as deepid-1283" in page
    assert "1,234" in page


def test_a_model_leads_to_its_repair_and_its_repairs(browser, held, owner):
    with held.session() as session:
        job = factories.make_job(session, owner, name="first repair")
    model = job.request["model"]
    page = browser.get(f"/models/{model}").text
    assert f"/repairs/new?model={model}" in page
    assert "first repair" in page
    assert '<td data-label="Repairs" class="number">1</td>' in browser.get("/models").text


def test_a_refused_file_says_why_where_and_what_to_do(browser, make):
    error = {"code": "unsafe-model", "message": "a Lambda", "details": {"place": "layer_3"}}
    page = browser.get(f"/models/{make(state='rejected', error=error)}").text
    assert "a Lambda" in page
    assert "layer_3" in page
    assert "Take the layer out" in page


def test_weights_can_be_read_once_more_with_an_architecture(browser, held, owner):
    error = {
        "code": "weights-only-model", "message": "?", "details": {"candidates": ["deepid-1283"]},
    }  # fmt: skip
    with held.session() as session:
        upload = factories.make_upload(session, owner)
        model = factories.make_model(
            session, owner, state="rejected", error=error, sha256=upload.sha256
        )
    assert "Read it as deepid-1283" in browser.get(f"/models/{model.id}").text
    mark = mark_of(browser.get("/models").text)
    form = {"csrf_token": mark, "architecture": "deepid-1283"}
    led = browser.post(f"/models/{model.id}/again", data=form)
    assert led.headers["Location"] != f"/models/{model.id}"
    assert browser.get(led.headers["Location"]).status_code == 200


def test_a_file_that_is_gone_cannot_be_read_again(browser, make):
    model = make(sha256="f" * 64)
    mark = mark_of(browser.get("/models").text)
    told = browser.post(f"/models/{model}/again", data={"csrf_token": mark})
    assert told.status_code == 404
    assert "send it again" in told.text


def test_name_tags_and_notes_can_be_edited(browser, make):
    model = make(name="first")
    form = {"version": "1", "name": "second", "tags": "csaw, lab", "notes": "of the course"}
    form["csrf_token"] = mark_of(browser.get("/models").text)
    assert browser.post(f"/models/{model}", data=form).status_code == 303
    page = browser.get(f"/models/{model}").text
    assert all(words in page for words in ("second", "csaw, lab", "of the course", "Saved."))


def test_what_was_typed_stays_when_somebody_else_was_faster(browser, make):
    model = make(name="first", version=2)
    form = {"version": "1", "name": "mine", "tags": "", "notes": "my words"}
    form["csrf_token"] = mark_of(browser.get("/models").text)
    told = browser.post(f"/models/{model}", data=form)
    assert told.status_code == 412
    assert "my words" in told.text
    assert "look at it again" in told.text


def test_a_model_without_a_name_is_refused_beside_the_field(browser, make):
    form = {"version": "1", "name": "", "csrf_token": mark_of(browser.get("/models").text)}
    told = browser.post(f"/models/{make()}", data=form)
    assert told.status_code == 422
    assert 'id="name-error"' in told.text


def test_a_model_can_be_deleted(browser, make):
    model = make()
    mark = mark_of(browser.get("/models").text)
    assert browser.post(f"/models/{model}/delete", data={"csrf_token": mark}).status_code == 303
    assert browser.get(f"/models/{model}").status_code == 404


def test_a_model_that_a_job_needs_stays_and_the_job_is_named(browser, held, owner):
    with held.session() as session:
        job = factories.make_job(session, owner)
    mark = mark_of(browser.get("/models").text)
    told = browser.post(f"/models/{job.request['model']}/delete", data={"csrf_token": mark})
    assert told.status_code == 409
    assert f"/jobs/{job.id}" in told.text


@pytest.fixture
def clean_images(held, owner):
    with held.session() as session:
        return factories.make_dataset(session, owner, name="faces").id


def test_a_model_is_diagnosed_with_clean_images(browser, held, make, clean_images):
    address = f"/models/{make(name='sunglasses', facts=FACTS)}"
    asked = {"clean_validation": clean_images, "preprocessing": "/255"}
    led = post(browser, f"{address}/diagnose", asked)
    assert led.status_code == 303
    job_in.diagnose(held, led.headers["Location"].removeprefix("/jobs/"))
    page = browser.get(address).text
    assert "Class 5 is suspected" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert "Diagnose again" in page


def test_a_diagnosis_without_images_is_refused_in_place(browser, make, clean_images):
    address = f"/models/{make(facts=FACTS)}"
    told = post(browser, f"{address}/diagnose", {"clean_validation": ""})
    assert (told.status_code, 'class="problem"' in told.text) == (422, True)


def test_without_clean_images_it_is_said_where_to_bring_them(browser, make):
    assert "It needs clean images" in browser.get(f"/models/{make(facts=FACTS)}").text
