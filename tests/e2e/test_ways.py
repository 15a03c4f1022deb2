"""What people do beside the main path, and what they are told when it goes wrong."""

import re

import pytest
from playwright.sync_api import expect

from netmend.client import Client
from tests.e2e import examples, steps

_JOB = re.compile(r"/jobs/[0-9a-f-]{36}$")


@pytest.fixture
def busy(running, example):
    """Ids of a job that runs and of one that waits."""
    with Client(running.url, running.token) as client, examples.busy(client, example) as ids:
        yield ids


def test_a_data_set_that_was_taken_for_a_model_is_refused_with_a_reason_and_a_mend(page, demo):
    page.goto("/repairs/new")
    place = steps.slot(page, "The model to repair")
    place.locator("input[type=file]").set_input_files(demo.clean_test)
    expect(place).to_contain_text("This file cannot be used.")
    expect(place).to_contain_text("looks like a data set")
    expect(place).to_contain_text("Give it as clean or poisoned images.")


def test_a_file_that_is_chosen_before_the_scripts_are_there_is_taken_all_the_same(page, demo):
    late = []

    def hold(route):
        late.append(route)

    page.route("**/upload.js", hold)
    with page.expect_request("**/upload.js"):
        page.goto("/repairs/new", wait_until="commit")
    place = steps.slot(page, "The model to repair")
    place.locator("input[type=file]").set_input_files(demo.model)
    late.pop().continue_()
    expect(place.locator(".chosen header")).to_contain_text("Ready")


def test_a_repair_without_a_model_is_not_started_and_says_what_is_missing(page):
    page.goto("/repairs/new")
    page.get_by_role("button", name="Start the repair").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("choose a model, or bring one")
    expect(alert).to_contain_text("clean images are needed")
    expect(alert).to_be_focused()


def test_a_job_that_runs_can_be_canceled(page, busy):
    page.goto(f"/jobs/{busy['running']}")
    page.get_by_text("Cancel…").click()
    page.get_by_role("button", name="Cancel the job").click()
    expect(page.locator(".job-head .badges")).to_contain_text("Canceled")
    expect(page.get_by_role("link", name="Retry with changes")).to_be_visible()


def test_a_job_that_waits_is_told_its_place_in_the_queue(page, busy):
    page.goto(f"/jobs/{busy['waiting']}")
    expect(page.locator("#waiting")).to_contain_text("It is the next one in the queue cpu.")


def test_a_job_that_is_watched_says_that_the_connection_is_lost_until_it_is_back(page, busy):
    page.goto(f"/jobs/{busy['running']}")
    expect(page.locator("#log")).to_contain_text("Epoch 1")
    page.context.set_offline(True)
    expect(page.get_by_role("alert")).to_have_text(re.compile("The connection is lost"))
    page.context.set_offline(False)
    expect(page.get_by_role("alert")).to_be_hidden()


def test_a_job_is_retried_with_another_method_and_fewer_epochs(page, example):
    page.goto(f"/jobs/{example.canceled}")
    page.get_by_role("link", name="Retry with changes").click()
    page.get_by_role("combobox", name="Method").select_option("fine-tuning")
    expect(page.locator('[id="params.layers"]')).to_have_count(0)
    page.locator('[id="params.epochs"]').fill("2")
    page.get_by_role("button", name="Submit as a new job").click()
    page.wait_for_url(_JOB)
    expect(page.get_by_role("link", name="the job that it repeats")).to_be_visible()
    steps.wait_for_end(page)
    expect(page.locator(".job-head .strip")).to_contain_text("fine-tuning")
    expect(page.locator(".job-head .badges")).to_contain_text("Done")


def test_a_failed_job_says_why_and_what_to_do(page, example):
    page.goto(f"/jobs/{example.failed}")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("baseline-at-chance")
    alert.get_by_role("link", name="what that means").click()
    expect(page.get_by_role("heading", name="What to do")).to_be_visible()


def test_a_batch_is_a_matrix_whose_cells_lead_to_jobs(page, example):
    page.get_by_role("link", name="Batches").click()
    page.get_by_role("link", name="Methods side by side").click()
    expect(page.get_by_role("status").first).to_contain_text("All 4 jobs have ended")
    cells = page.locator("table.matrix td")
    expect(cells).to_have_count(4)
    cells.first.get_by_role("link").click()
    expect(page.get_by_role("link", name="its batch")).to_be_visible()


def test_a_batch_is_put_together_looked_at_and_started(page, example):
    page.goto("/batches")
    page.get_by_role("link", name="New batch").click()
    page.get_by_role("checkbox", name=re.compile("^Digits")).check()
    page.get_by_role("combobox", name="Clean validation").select_option(example.clean)
    page.get_by_role("checkbox", name="fine-tuning").check()
    page.get_by_role("textbox", name="Seeds").fill("0, 1")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("status")).to_contain_text("4 jobs")
    expect(page.locator("table.matrix td")).to_have_count(4)
    page.get_by_role("button", name="Start the batch").click()
    page.wait_for_url(re.compile("/batches/[0-9a-f-]{36}$"))
    page.get_by_role("button", name="Cancel all").click()
    expect(page.locator("table.matrix td")).to_have_count(4)


def test_the_baseline_of_a_comparison_is_chosen_and_everything_is_shown(page, example):
    page.goto(f"/compare?job={example.repaired}&job={example.other}")
    expect(page.get_by_role("heading", name="Training curves")).to_be_visible()
    page.get_by_role("combobox", name="Measured against").select_option(example.other)
    page.get_by_role("button", name="Use as the baseline").click()
    expect(page.locator("thead th").nth(1)).to_contain_text("Fine-tuned only")
    page.get_by_role("link", name="Everything").click()
    expect(page.get_by_role("row", name=re.compile("^seed"))).to_be_visible()
    expect(page.locator("thead th").nth(1)).to_contain_text("Fine-tuned only")


def test_two_jobs_are_selected_in_the_list_and_compared(page, example):
    page.get_by_role("link", name="Jobs", exact=True).click()
    page.get_by_label("Select Digits with a bright corner").check()
    page.get_by_label("Select Fine-tuned only").check()
    page.get_by_role("button", name="Compare selected").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Compare 2 jobs")
    figures = page.get_by_role("table").first
    expect(figures).to_contain_text("Attack success")
    expect(figures).to_contain_text("points")
    expect(page.get_by_role("row", name=re.compile("^method"))).to_contain_text("fine-tuning")


def test_a_search_with_or_shows_what_fits_either_way(page, example):
    _search(page, "state:failed OR tag:again")
    expect(page.locator("[data-row]")).to_have_count(2)
    expect(page.locator("[data-row]")).to_have_text(
        [re.compile("With the wrong labels"), re.compile("Fine-tuned only")], use_inner_text=True
    )


def test_a_search_that_cannot_be_understood_is_told_and_stays_as_it_was_typed(page, example):
    _search(page, "state:nonsense OR tag:lab3")
    expect(page.get_by_role("alert")).to_contain_text("nonsense")
    expect(page.get_by_label("Search")).to_have_value("state:nonsense OR tag:lab3")


def test_who_signs_out_sees_nothing_any_more(stranger, running, example):
    steps.sign_in(stranger, running)
    stranger.get_by_role("button", name="Sign out").click()
    expect(stranger.get_by_role("heading", name="Sign in")).to_be_visible()
    stranger.goto(f"{running.url}/jobs/{example.repaired}")
    expect(stranger.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_wrong_token_is_told_beside_the_form(stranger, running):
    stranger.goto(running.url)
    stranger.get_by_label("Access token").fill("nmt_nobody")
    stranger.get_by_role("button", name="Sign in").click()
    expect(stranger.get_by_role("alert")).to_be_visible()


def _search(page, words):
    page.goto("/jobs")
    page.get_by_label("Search").fill(words)
    page.get_by_label("Search").press("Enter")


def test_a_model_is_diagnosed_from_its_page(page, example):
    page.goto(f"/models/{example.model}")
    page.get_by_role("combobox", name="Clean images").select_option(example.clean)
    page.get_by_role("combobox", name="Scaling of pixels").select_option("/255")
    page.get_by_role("button", name="Diagnose again").click()
    page.wait_for_url(_JOB)
    steps.wait_for_end(page)
    expect(page.get_by_role("heading", name="The evidence, class by class")).to_be_visible()
    expect(page.get_by_text("A suspect is no proof of a backdoor").first).to_be_visible()
