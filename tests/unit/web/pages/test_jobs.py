"""The history of jobs, comparisons and batches."""

import html

import pytest

from service import accounts, jobs
from tests import factories
from tests.unit.web.pages.conftest import signed_in


@pytest.fixture
def owner(held, tokens):
    with held.session() as session:
        return accounts.find_user(session, "somebody")


@pytest.fixture
def made(held, owner):
    """Two jobs, one of them canceled."""
    with held.session() as session:
        waiting = factories.make_job(session, owner, name="sunglasses", tags=("lab3",))
        canceled = factories.make_job(session, owner, name="<b>corner</b>")
        jobs.cancel(session, canceled.id)
        return [waiting.id, canceled.id]


def test_the_history_shows_names_as_text(browser, made):
    page = browser.get("/jobs").text
    assert "sunglasses" in page
    assert html.escape("<b>corner</b>") in page
    assert "<b>corner" not in page


def test_a_search_shows_what_fits(browser, made):
    page = browser.get("/jobs?search=state:canceled OR tag:nothing").text
    assert "corner" in page
    assert ">sunglasses<" not in page


def test_a_search_that_cannot_be_understood_stays_in_its_box(browser, made):
    answer = browser.get("/jobs?search=colour:red")
    assert answer.status_code == 422
    assert "there is no field" in answer.text
    assert 'value="colour:red"' in answer.text


def test_the_table_for_spreadsheets_has_the_same_filter(browser, made):
    page = browser.get("/jobs?search=tag:lab3").text
    assert "/api/v1/jobs.csv?kind=repair&amp;search=tag%3Alab3" in page
    table = browser.get("/api/v1/jobs.csv?kind=repair&search=tag:lab3").text
    assert "sunglasses" in table
    assert "corner" not in table


def test_jobs_beside_each_other(browser, made):
    page = browser.get(f"/compare?job={made[0]}&job={made[1]}").text
    assert "Compare 2 jobs" in page


def test_one_job_is_not_compared(browser, made):
    assert "Pick two jobs" in browser.get(f"/compare?job={made[0]}").text


def test_jobs_of_somebody_else_are_not_there(app, tokens, made, held):
    browser = signed_in(app, tokens["read"])
    with held.session() as session:
        theirs = factories.make_job(session, name="theirs")
    assert "theirs" not in browser.get("/jobs").text
    assert browser.get(f"/compare?job={made[0]}&job={theirs.id}").status_code == 404


def test_without_jobs_the_page_leads_to_a_new_repair(browser):
    assert "No jobs yet" in browser.get("/jobs").text


def test_without_batches_the_page_says_how_to_make_one(browser):
    assert "netmend batch" in browser.get("/batches").text
