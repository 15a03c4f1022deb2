"""Trying the models of a repair on pictures."""

import io

import pytest

from service import jobs as service_jobs
from service.jobs import Outcome
from tests.unit.web.pages import jobs as job_in
from tests.unit.web.pages.conftest import mark_of
from web.pages import trying

PNG = b"\x89PNG\r\n\x1a\n and so on"
ANSWER = {"label": 3, "top": [{"label": 3, "probability": 0.75}]}
FLAGGED = {"label": 4, "top": [{"label": 4, "probability": 1.0}]}


@pytest.fixture
def address(held, job, monkeypatch):
    monkeypatch.setattr(trying, "_WAIT_S", 0.0)
    files = [job_in.keep(held, name, name.encode()) for name in ("repaired.h5", "goodnet.h5")]
    job_in.succeed(held, job["id"], files=files)
    return f"/jobs/{job['id']}/try"


@pytest.fixture
def ask(browser, address):
    mark = mark_of(browser.get(address).text)

    def ask(**fields):
        form = {"csrf_token": mark, **fields}
        return browser.post(address, data=form, content_type="multipart/form-data")

    return ask


def picture(content=PNG):
    return io.BytesIO(content), "cat.png"


def answer(held, asked, **picture):
    claim = job_in.begin(held, asked)
    told = {"name": "cat.png", "resized_from": None, "label": None, "before": ANSWER,
            "after": None, "goodnet": FLAGGED, "backdoored": True, **picture}  # fmt: skip
    result = {"pictures": [told], "n_classes": 4, "preprocessing": "/255", "notes": []}
    with held.session() as session:
        assert service_jobs.finish(session, claim, Outcome(result=result))


def asked_of(response):
    return response.headers["Location"].partition("asked=")[2].partition("&")[0]


def test_a_picture_that_is_sent_leads_to_its_answers(browser, held, ask):
    led = ask(file=picture())
    answer(held, asked_of(led))
    page = browser.get(led.headers["Location"]).text
    assert "N+1: backdoored" in page
    assert "<span>class 3</span>" in page
    assert "75.0 %" in page
    assert "not asked: the model was deleted" in page


def test_until_there_is_an_answer_the_page_waits_for_it(browser, ask):
    page = browser.get(ask(file=picture()).headers["Location"]).text
    assert 'hx-trigger="every 2s"' in page
    assert "Look again" in page


def test_the_picture_stands_beside_its_answers(browser, held, address, ask):
    asked = asked_of(ask(file=picture()))
    answer(held, asked)
    shown = browser.get(f"{address}/pictures/{asked}/0")
    assert (shown.mimetype, shown.data) == ("image/png", PNG)
    assert browser.get(f"{address}/pictures/{asked}/1").status_code == 404


def test_what_is_no_picture_is_not_shown_as_one(browser, address, ask):
    asked = asked_of(ask(file=picture(b"<script>alert(1)</script>")))
    assert browser.get(f"{address}/pictures/{asked}/0").status_code == 404


def test_a_data_set_without_such_pictures_is_told_beside_the_field(job, ask):
    told = ask(dataset=job["request"]["data"]["clean_validation"], indices="0, 1")
    assert told.status_code == 422
    assert "there are 0 images, from 0" in told.text


def test_numbers_that_are_none_are_told_beside_their_field(job, ask):
    told = ask(dataset=job["request"]["data"]["clean_validation"], indices="first")
    assert told.status_code == 422
    assert 'value="first"' in told.text


def test_without_a_picture_there_is_nothing_to_ask(ask):
    told = ask()
    assert told.status_code == 422
    assert "choose a picture first" in told.text


def test_why_the_models_could_not_be_asked_is_told(browser, held, ask):
    led = ask(file=picture())
    job_in.fail(held, asked_of(led))
    assert "the loss is NaN" in browser.get(led.headers["Location"]).text


def test_a_form_of_another_site_asks_nothing(browser, address):
    assert browser.post(address, data={"file": picture()}).status_code == 403


def test_what_is_no_answer_of_this_job_is_not_there(browser, job, address):
    assert browser.get(f"{address}?asked={job['id']}").status_code == 404
