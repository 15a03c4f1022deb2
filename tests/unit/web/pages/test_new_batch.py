"""The form of a new batch: filled in, looked at, started."""

import html
import re

import pytest

from core import catalogue
from service import batches
from service.tables import Batch
from tests import factories

from . import jobs as job_in
from .conftest import mark_of, signed_in

NOBODY = "0190a0a0-0000-7000-8000-000000000000"


@pytest.fixture
def chosen(held, owner):
    """Fields of a form that asks for two models by two methods, and with two seeds."""
    with held.session() as session:
        found = [factories.make_model(session, owner, facts=_FACTS).id for _ in range(2)]
        clean = factories.make_dataset(session, owner, facts=_IMAGES)
        poisoned = factories.make_dataset(session, owner, role="poisoned", facts=_POISONED)
        return {
            "models": found,
            "data.0.clean_validation": clean.id,
            "data.0.poisoned_test": poisoned.id,
            "methods": ["fine-pruning", "fine-tuning"],
            "seeds": "0, 1",
            "name": "Side by side",
        }


_FACTS = {
    "input_shape": [8, 8, 3],
    "n_classes": 4,
    "layers": [],
    "convolutions": [],
    "n_parameters": 100,
    "container": "h5",
    "keras_version": "3",
}
_IMAGES = {"shape": [10, 8, 8, 3], "n": 10, "n_classes": 4, "label_range": [0, 3]}
_POISONED = {**_IMAGES, "n_classes": 1, "label_range": [0, 0], "constant_label": 0}


@pytest.fixture
def send(browser):
    def post(act, fields):
        mark = mark_of(browser.get("/batches/new").text)
        return browser.post("/batches/new", data={"csrf_token": mark, **act, **fields})

    return post


def _made(held):
    with held.session() as session:
        return len(batches.list_batches(session).rows)


def _is_ticked(page, value):
    return re.search(rf'value="{value}" checked', page) is not None


def test_the_form_offers_what_is_there(browser, chosen):
    page = browser.get("/batches/new").text
    assert f'name="models" value="{chosen["models"][0]}"' in page
    assert f'name="data.0.poisoned_test" value="{chosen["data.0.poisoned_test"]}"' in page
    assert _is_ticked(page, catalogue.DEFAULT_METHOD)


def test_it_is_linked_from_the_batches_and_from_a_new_repair_with_what_is_chosen(browser, chosen):
    assert 'href="/batches/new"' in browser.get("/batches").text
    model = chosen["models"][0]
    page = browser.get(f"/repairs/new?model={model}").text
    assert f'href="/batches/new?models={model}"' in page
    assert _is_ticked(browser.get(f"/batches/new?models={model}").text, model)


def test_a_preview_shows_every_job_and_makes_none(send, chosen, held):
    answer = send({"act": "preview"}, chosen)
    assert answer.status_code == 200
    assert "<strong>8 jobs</strong>" in answer.text
    matrix = answer.text[answer.text.index('<table class="matrix">') :]
    assert len(re.findall("<td>", matrix)) == 8
    assert "fine-tuning · budget 4 % · seed 1" in matrix
    assert _made(held) == 0


def test_a_preview_is_an_address_too(browser, chosen):
    page = browser.get("/batches/new", query_string={**chosen, "preview": 1}).text
    assert "<strong>8 jobs</strong>" in page


def test_two_models_of_one_name_are_two_rows(send, chosen):
    page = send({"act": "preview"}, chosen).text
    assert page.count('<tr><th scope="row">bad net') == 2


def test_a_preview_says_which_jobs_would_fail_and_why(send, chosen, held, owner):
    with held.session() as session:
        facts = {**_FACTS, "input_shape": [32, 32, 3]}
        chosen["models"].append(factories.make_model(session, owner, facts=facts).id)
    page = html.unescape(send({"act": "preview"}, chosen).text)
    assert "4 of them would fail" in page
    assert "'bad net' takes 32x32x3: the job would fail" in page
    assert page.count("would fail</span></td>") + page.count("would fail</span><br>") == 4


def test_what_was_typed_is_kept(send, chosen):
    page = send({"act": "preview"}, {**chosen, "methods.fine-tuning.params.epochs": "7"}).text
    assert _is_ticked(page, chosen["models"][1])
    assert 'value="0, 1"' in page
    assert 'name="methods.fine-tuning.params.epochs" value="7"' in page
    assert f'<option value="{chosen["data.0.clean_validation"]}" selected>' in page


def test_starting_makes_the_batch_and_leads_to_it(send, chosen, held):
    answer = send({"act": "start"}, chosen)
    assert answer.status_code == 303
    with held.session() as session:
        batch = session.get_one(Batch, answer.location.rpartition("/")[2])
        assert (batch.name, batch.n_jobs) == ("Side by side", 8)


@pytest.fixture(params=["preview", "start"])
def refused(request, send, chosen, held):
    """The answer to a form with something wrong in it, after which there is no batch."""

    def answer(changes):
        found = send({"act": request.param}, {**chosen, **changes})
        assert found.status_code in (404, 422)
        assert _made(held) == 0
        return found.text

    return answer


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"models": []}, "models", "choose one model or more"),
        ({"methods": []}, "methods", "choose one method or more"),
        ({"seeds": "one"}, "seeds", "write whole numbers"),
        ({"max_accuracy_drops": "4, 4"}, "max_accuracy_drops", "twice"),
        ({"n_seeds": "many"}, "n_seeds", "a whole number from 1 to 20"),
        ({"goodnet.targets": "4"}, "goodnet.targets", "none of the 4 classes of 'bad net'"),
        ({"models": [NOBODY]}, "models", f"there is no model {NOBODY}"),
        ({"data.1.clean_test": NOBODY}, "data.1.clean_validation", "clean images are needed"),
        ({"methods.fine-tuning.params.epochs": "x"}, "methods.fine-tuning.params.epochs", "x"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(refused, changes, field, words):
    page = refused(changes)
    beside = re.search(rf'<p class="field-error" id="{field}-error">(.*?)</p>', page)
    assert words in html.unescape(beside[1])
    assert f'href="#{field}"' in page


def test_too_many_jobs_are_refused_with_their_number(send, chosen):
    answer = send({"act": "preview"}, {**chosen, "seeds": " ".join(map(str, range(200)))})
    assert answer.status_code == 422
    assert "are 800 jobs, and a batch has 500 at most" in answer.text


def test_the_same_data_twice_is_refused_at_the_second(send, chosen):
    twice = {name.replace("0", "1"): chosen[name] for name in chosen if name.startswith("data.")}
    page = send({"act": "preview"}, {**chosen, **twice}).text
    assert 'id="data.1-error"' in page


def test_a_setup_is_added_and_nothing_is_lost(send, chosen):
    page = send({"act": "add"}, chosen).text
    assert 'name="data.1.clean_validation"' in page
    assert _is_ticked(page, chosen["data.0.poisoned_test"])


def test_a_setup_is_taken_out_and_the_others_close_up(send, chosen):
    more = {"data.1.clean_validation": chosen["data.0.clean_validation"]}
    page = send({"remove": "data.0"}, {**chosen, **more}).text
    assert "data.1." not in page
    assert f'<option value="{more["data.1.clean_validation"]}" selected>' in page
    assert not _is_ticked(page, chosen["data.0.poisoned_test"])


def test_a_form_of_somebody_else_starts_nothing(browser, chosen, held):
    assert browser.post("/batches/new", data={"act": "start", **chosen}).status_code == 403
    assert _made(held) == 0


def test_models_of_somebody_else_are_not_offered(app, tokens, held):
    with held.session() as session:
        factories.make_model(session).name = "not for you"
    assert "not for you" not in signed_in(app, tokens["submit"]).get("/batches/new").text


def test_a_batch_leads_to_its_jobs_beside_each_other(browser, held, owner):
    with held.session() as session:
        batch = factories.make_batch(session, owner)
        ids = [job.id for job in batches.jobs_of(session, batch.id)]
    assert "/compare?" not in browser.get(f"/batches/{batch.id}").text
    for job_id in ids:
        job_in.succeed(held, job_id)
    page = browser.get(f"/batches/{batch.id}").text
    assert f"/compare?job={ids[0]}&amp;job={ids[1]}" in page


def test_options_are_asked_of_every_job(send, chosen, held):
    options = {"n_seeds": "3", "reactivation": "false", "goodnet.targets": "0, 3"}
    made = send({"act": "start"}, {**chosen, **options}).location.rpartition("/")[2]
    with held.session() as session:
        asked = [job.request for job in batches.jobs_of(session, made)]
    assert {(item["n_seeds"], item["reactivation"]) for item in asked} == {(3, False)}
    assert all(item["goodnet"]["targets"] == [0, 3] for item in asked)
