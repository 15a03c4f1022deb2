"""The page of a job, in each state of it."""

import dataclasses

import pytest
import sqlalchemy as sa

from core.results import (
    Candidate,
    ClassEvidence,
    ClassTraces,
    Event,
    Gate,
    Reactivation,
    Traces,
)
from service import accounts, datasets
from tests import factories
from tests.unit.web.pages import jobs as job_in
from tests.unit.web.pages.conftest import mark_of, signed_in


@pytest.fixture
def address(job):
    return f"/jobs/{job['id']}"


@pytest.fixture
def ended(browser, held, job, address):
    """The page of a job that ended with a report."""

    def page(report):
        job_in.succeed(held, job["id"], {"": report})
        return browser.get(address).text

    return page


def test_a_job_that_waits_says_its_place_and_that_nobody_works(browser, address):
    page = browser.get(address).text
    assert "It is the next one in the queue" in page
    assert "No worker for this queue is online" in page


def test_a_job_that_works_says_what_it_does(browser, held, job, address):
    job_in.begin(held, job["id"], Event(stage="finetune", current=3, total=20))
    page = browser.get(address).text
    assert "Fine-tuning, 3 of 20 epochs" in page
    assert '<li class="stage now" data-stage="finetune"' in page
    assert '<li class="stage done" data-stage="prune"' in page


def test_without_a_script_a_job_that_works_can_be_looked_at_again(browser, held, job, address):
    job_in.begin(held, job["id"])
    assert (
        f'<noscript><p><a class="button" href="{address}">Look again' in browser.get(address).text
    )


def test_a_job_that_is_done_says_what_came_of_it(browser, held, job, address):
    job_in.succeed(held, job["id"])
    page = browser.get(address).text
    assert "sunglasses&#39; now succeeds on 2.0\N{NO-BREAK SPACE}% of its images" in page
    assert "0.0–4.0\N{NO-BREAK SPACE}%, n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}100" in page


def test_a_job_that_repaired_nothing_says_what_may_help_and_offers_it_first(
    browser, held, job, address
):
    job_in.succeed(held, job["id"], {"": factories.make_report(verdict="not_repaired")})
    page = browser.get(address).text
    assert "What may help: more clean images" in page
    assert f'<a class="button primary" href="{address}/retry">' in page
    assert page.count("button primary") == 2  # the other one is New repair, in the bar


@pytest.mark.parametrize("is_suspected", [True, False])
def test_a_backdoor_may_be_taken_as_known_where_the_diagnosis_suspects_nothing(ended, is_suspected):
    found = job_in.make_diagnosis()
    suspects = tuple(
        dataclasses.replace(each, is_suspected=is_suspected) for each in found.suspects
    )
    report = dataclasses.replace(
        factories.make_report(verdict="not_repaired"),
        diagnosis=dataclasses.replace(found, suspects=suspects),
    )
    assert ("assume_backdoor" in ended(report)) is not is_suspected


def test_what_was_not_measured_is_said_and_is_no_zero(browser, held, job, address):
    job_in.succeed(held, job["id"])
    row = browser.get(address).text.split('<th scope="row">Robust accuracy</th>')[1]
    assert row.partition("</tr>")[0].count("not measured") == 2


def test_the_gate_is_told_beside_the_verdict(browser, held, job, address):
    gate = Gate(max_attack_success_rate=0.01, max_accuracy_drop=None, passed=False)
    report = dataclasses.replace(factories.make_report(), gate=gate)
    job_in.succeed(held, job["id"], {"": report})
    assert "Gate missed" in browser.get(address).text


def test_files_are_listed_with_their_hash_and_can_be_downloaded(browser, held, job, address):
    file = job_in.keep(held, "repaired.h5", b"weights")
    job_in.succeed(held, job["id"], files=[file])
    page = browser.get(address).text
    assert file.sha256 in page
    link = f"/api/v1{address}/artifacts/repaired.h5"
    assert f'href="{link}" download>Download the repaired model' in page
    with browser.get(link) as answer:
        assert answer.data == b"weights"


def test_figures_of_the_report_stand_in_the_page_without_styles(browser, held, job, address):
    drawing = b'<?xml version="1.0"?><svg width="4"><path style="fill: #0b6bb3"/></svg>'
    file = job_in.keep(held, "figures/before-after.svg", drawing)
    job_in.succeed(held, job["id"], files=[file])
    page = browser.get(address).text
    assert '<path fill="var(--after)"/>' in page
    assert "style=" not in page


def test_a_figure_whose_drawing_is_gone_has_its_numbers(browser, held, job, address):
    job_in.succeed(held, job["id"])
    page = browser.get(address).text
    assert "The drawing is not there; its numbers are." in page
    assert "All figures before and after the repair" in page


def test_each_budget_has_a_page_of_its_own(browser, held, job, address):
    strict, lax = factories.make_report(), factories.make_report(verdict="not_repaired", attack=0.9)
    selection = dataclasses.replace(lax.selection, max_accuracy_drop=0.1)
    lax = dataclasses.replace(lax, selection=selection)
    reports = {"drop-0.04": strict, "drop-0.1": lax}
    job_in.succeed(held, job["id"], reports)
    shown = browser.get(f"{address}?budget=drop-0.1").text
    assert "Not repaired: the attack" in shown
    assert f'href="{address}?budget=drop-0.04"' in shown
    assert browser.get(f"{address}?budget=drop-0.5").status_code == 404


@pytest.fixture
def faces(client, held, inputs, send):
    """A job whose test images show people."""
    asked = {"upload_id": send(b"faces"), "people": True}
    dataset = client.post("/api/v1/datasets", json=asked).get_json()
    job_in.check(held, dataset["intake_job_id"])
    inputs["data"]["clean_test"] = dataset["id"]
    return client.post("/api/v1/jobs", json=inputs).get_json()["id"]


def test_pictures_are_hidden_until_asked_for_where_they_show_people(browser, held, faces):
    job_in.succeed(held, faces, files=[job_in.keep(held, "figures/samples.png", b"png")])
    page = browser.get(f"/jobs/{faces}").text
    assert "<details><summary>These data sets show people." in page


def test_pictures_are_shown_where_nobody_said_that_they_show_people(browser, held, job, address):
    job_in.succeed(held, job["id"], files=[job_in.keep(held, "figures/samples.png", b"png")])
    page = browser.get(address).text
    assert f'src="/api/v1{address}/artifacts/figures/samples.png"' in page
    assert "show people" not in page


def test_a_job_that_failed_says_why_and_what_to_do(browser, held, job, address):
    job_in.fail(held, job["id"], files=[job_in.keep(held, "log.txt", b"one\nthe last line\n")])
    page = browser.get(address).text
    assert "The loss is NaN" in page
    assert "Lower the learning rate." in page
    assert "the last line" in page
    assert '<li class="stage stopped" data-stage="prune"' in page
    assert f'href="{address}/retry"' in page


def test_a_job_can_be_canceled(browser, address):
    browser.post(f"{address}/cancel", data={"csrf_token": mark_of(browser.get(address).text)})
    assert "Somebody canceled this job before it began." in browser.get(address).text


def test_what_has_ended_is_not_canceled_and_says_so(browser, held, job, address):
    job_in.succeed(held, job["id"])
    mark = mark_of(browser.get(address).text)
    led = browser.post(f"{address}/cancel", data={"csrf_token": mark}, follow_redirects=True)
    assert "Not canceled: the job has ended" in led.text


def test_a_job_goes_to_the_trash_and_comes_back(browser, held, job, address):
    job_in.succeed(held, job["id"])
    mark = {"csrf_token": mark_of(browser.get(address).text)}
    browser.post(f"{address}/discard", data=mark)
    assert "This job is in the trash." in browser.get(address).text
    browser.post(f"{address}/restore", data=mark)
    assert "Before and after" in browser.get(address).text


def test_a_job_in_the_trash_can_be_forgotten_at_once(browser, held, job, address):
    job_in.fail(held, job["id"])
    mark = {"csrf_token": mark_of(browser.get(address).text)}
    browser.post(f"{address}/discard", data=mark)
    browser.post(f"{address}/purge", data=mark)
    assert browser.get(address).status_code == 404


def test_name_tags_and_notes_can_be_edited(browser, address):
    page = browser.get(address).text
    written = {"name": "lab 3", "tags": "a, b,, a", "notes": "one\ntwo", "version": "1"}
    browser.post(f"{address}/edit", data={**written, "csrf_token": mark_of(page)})
    shown = browser.get(address).text
    assert "<h1>lab 3</h1>" in shown
    assert 'value="a, b"' in shown


def test_of_two_who_edit_at_once_the_second_is_told_and_loses_nothing(browser, address):
    mark = {"csrf_token": mark_of(browser.get(address).text), "tags": "", "version": "1"}
    browser.post(f"{address}/edit", data={"name": "theirs", "notes": "", **mark})
    told = browser.post(f"{address}/edit", data={"name": "mine", "notes": "my notes", **mark})
    assert told.status_code == 412
    assert "Somebody else changed this job meanwhile." in told.text
    assert "<dd>theirs</dd>" in told.text
    assert 'value="mine"' in told.text
    assert ">my notes</textarea>" in told.text
    assert 'name="version" value="2"' in told.text


def test_a_tag_that_is_too_long_is_told_beside_its_field(browser, address):
    form = {"csrf_token": mark_of(browser.get(address).text), "tags": "x" * 51, "version": "1"}
    told = browser.post(f"{address}/edit", data=form)
    assert told.status_code == 422
    assert 'id="edit-tags-error"' in told.text


def test_whoever_only_looks_changes_nothing(app, tokens, address):
    browser = signed_in(app, tokens["read"])
    mark = mark_of(browser.get(address).text)
    assert browser.post(f"{address}/cancel", data={"csrf_token": mark}).status_code == 403


def test_the_job_of_somebody_else_is_not_there(app, held, address):
    with held.session() as session:
        other = accounts.create_user(session, "somebody else")
        token = accounts.issue_token(session, other, "theirs", ["read", "submit"])
    assert signed_in(app, token).get(address).status_code == 404


def test_a_job_that_checks_an_upload_leads_to_it(browser, client, held, upload):
    model = client.post("/api/v1/models", json={"upload_id": upload}).get_json()
    job_in.fail(held, model["intake_job_id"])
    page = browser.get(f"/jobs/{model['intake_job_id']}").text
    assert "This job checked an upload" in page
    assert f'href="/models/{model["id"]}"' in page


def test_the_page_asks_the_database_little(browser, held, job, address):
    job_in.succeed(held, job["id"])
    asked: list[str] = []
    sa.event.listen(
        held.engine, "before_cursor_execute", lambda *given: asked.append(given[2].lstrip()[:6])
    )
    browser.get(address)
    assert 0 < asked.count("SELECT") <= 8


def test_pictures_are_hidden_where_a_data_set_is_gone_that_may_have_shown_people(
    browser, held, job, address
):
    job_in.succeed(held, job["id"], files=[job_in.keep(held, "figures/samples.png", b"png")])
    with held.session() as session:
        datasets.delete(session, job["request"]["data"]["clean_validation"])
    page = browser.get(address).text
    assert "<details><summary>A data set was deleted that may have shown people." in page


def test_a_job_with_several_budgets_says_which_one_it_works_on(browser, client, held, inputs):
    asked = {**inputs, "max_accuracy_drops": [0.02, 0.04, 0.1]}
    job = client.post("/api/v1/jobs", json=asked).get_json()
    job_in.begin(held, job["id"], Event(stage="prune", current=1, total=9, budget=2, n_budgets=3))
    page = browser.get(f"/jobs/{job['id']}").text
    assert "Budget 2 of 3: finding out which channels can go, 1 of 9 images" in page
    assert '<strong id="lap">Budget 2 of 3</strong>' in page
    assert 'data-budgets="3"' in page


@pytest.fixture
def diagnosis(client, held, owner):
    """Address of a job that diagnoses a model; the id of the job."""
    with held.session() as session:
        model = factories.make_model(session, owner)
        images = factories.make_dataset(session, owner)
        address, asked = f"/api/v1/models/{model.id}/diagnose", {"clean_validation": images.id}
    return client.post(address, json=asked).get_json()["id"]


def test_a_diagnosis_shows_suspects_with_evidence_and_pictures(browser, held, diagnosis):
    job_in.diagnose(held, diagnosis)
    page = browser.get(f"/jobs/{diagnosis}").text
    assert "is suspected to be the target of a backdoor" in page
    assert "A small patch sends all images here" in page
    assert f"/api/v1/jobs/{diagnosis}/artifacts/triggers/5.png" in page
    assert "no proof of a backdoor" in page


def test_a_diagnosis_that_works_has_stages_and_no_curves(browser, held, diagnosis):
    job_in.begin(held, diagnosis, Event(stage="invert", current=1, total=4))
    page = browser.get(f"/jobs/{diagnosis}").text
    assert "Searching for triggers, 1 of 4 steps" in page
    assert "data-whole" in page
    assert 'id="curves"' not in page


def test_a_diagnosis_that_failed_says_why_and_can_be_asked_for_again(browser, held, diagnosis):
    job_in.fail(held, diagnosis)
    page = browser.get(f"/jobs/{diagnosis}").text
    assert "It did not work" in page
    assert "Diagnose again" in page


def test_a_repair_shows_its_diagnosis_and_the_repairs_that_were_tried(browser, held, job, address):
    tried = Candidate(
        method="ft-sam", select_accuracy=0.95, is_within_budget=True, remaining_success=0.01,
        seconds=3.0, is_chosen=True, reason="the least of the triggers is left",
    )  # fmt: skip
    again = Reactivation(
        name="sunglasses", n_poisoned=5, n_clean=100, epochs=5, learning_rate=0.01,
        before=factories.make_rate(0.02), after=factories.make_rate(0.5),
    )  # fmt: skip
    report = dataclasses.replace(
        factories.make_report(),
        diagnosis=job_in.make_diagnosis(),
        candidates=(tried,),
        reactivation=(again,),
    )
    files = [job_in.keep(held, "triggers/5.png", b"picture")]
    job_in.succeed(held, job["id"], {"": report}, files)
    page = browser.get(address).text
    assert "artifacts/triggers/5.png" in page
    assert "the least of the triggers is left" in page
    assert "Does it come back?" in page


def test_a_repair_shows_what_is_left_of_the_evidence(browser, held, job, address):
    one = ClassTraces(
        label=5,
        is_suspected=True,
        before=ClassEvidence(head_z=9.3),
        after=ClassEvidence(head_z=0.3),
    )
    report = dataclasses.replace(
        factories.make_report(),
        diagnosis=job_in.make_diagnosis(),
        traces=Traces(classes=(one,), n_searched_on=80, n_judged_on=20, seconds=1.0),
    )
    job_in.succeed(held, job["id"], {"": report})
    page = browser.get(address).text
    assert 'scope="rowgroup">Class 5, suspected' in page
    assert '<td data-label="Before">9.3</td><td data-label="After">0.3</td>' in page
    assert "no proof that a backdoor is absent" in page


def test_a_model_that_was_left_unchanged_is_told_so(browser, held, job, address):
    job_in.succeed(held, job["id"], {"": factories.make_report(verdict="unchanged")})
    page = browser.get(address).text
    assert "verdict-unchanged" in page
    assert "A diagnosis can overlook a backdoor." in page


def test_seeds_reactivation_and_known_targets_are_among_what_was_asked_for(
    browser, client, inputs, held
):
    goodnet = {"targets": [0, 2], "rule": "target-aware"}
    asked = {**inputs, "seed": 5, "n_seeds": 3, "reactivation": False, "goodnet": goodnet}
    job_id = client.post("/api/v1/jobs", json=asked).get_json()["id"]
    page = browser.get(f"/jobs/{job_id}").text
    assert "<dt>Seed</dt><dd>5 to 7, a repair for each</dd>" in page
    assert "<dt>Re-activation</dt><dd>not tried</dd>" in page
    assert "<dt>Known targets</dt><dd>0, 2</dd>" in page


def test_a_job_that_has_ended_still_says_what_was_asked_for(browser, client, inputs, held):
    asked = {**inputs, "n_seeds": 2, "goodnet": {"targets": [3]}}
    job_id = client.post("/api/v1/jobs", json=asked).get_json()["id"]
    job_in.succeed(held, job_id)
    again = browser.get(f"/jobs/{job_id}").text.partition('<h2 id="again">')[2]
    assert "<dt>Seed</dt><dd>0 to 1, a repair for each</dd>" in again
    assert "<dt>Known targets</dt><dd>3</dd>" in again
