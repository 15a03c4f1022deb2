"""A job once more, with changes."""

import pytest

from service import jobs as service_jobs
from tests.unit.web.pages import jobs as job_in
from tests.unit.web.pages.conftest import mark_of


@pytest.fixture
def address(held, job):
    job_in.fail(held, job["id"])
    return f"/jobs/{job['id']}/retry"


@pytest.fixture
def retry(browser, address):
    mark = mark_of(browser.get(address).text)

    def retry(**fields):
        form = {name.replace("__", "."): value for name, value in fields.items()}
        return browser.post(address, data={"method": "fine-pruning", "csrf_token": mark, **form})

    return retry


def request_of(held, answer):
    with held.session(read_only=True) as session:
        row = service_jobs.get(session, answer.headers["Location"].rpartition("/")[2])
        return row.request, row.retry_of


def test_the_form_says_what_was_asked_for(browser, address):
    page = browser.get(address).text
    assert 'id="params.epochs" name="params.epochs" value="20"' in page
    assert 'id="max_accuracy_drops" name="max_accuracy_drops" value="4"' in page


def test_the_new_job_asks_for_what_the_form_says(retry, held, job):
    answer = retry(
        params__epochs="5", max_accuracy_drops="2, 10", seed="7", priority="high",
        goodnet__false_positive_rate="1", gate__max_attack_success_rate="5",
    )  # fmt: skip
    request, retry_of = request_of(held, answer)
    assert retry_of == job["id"]
    assert request["params"]["epochs"] == 5
    assert request["max_accuracy_drops"] == [0.02, 0.1]
    assert request["gate"] == {"max_attack_success_rate": 0.05, "max_accuracy_drop": None}
    assert (request["seed"], request["priority"]) == (7, "high")
    assert request["data"] == job["request"]["data"]


def test_seeds_reactivation_and_known_targets_are_kept(retry, held, browser, address):
    changes = {"n_seeds": "3", "reactivation": "false", "goodnet__targets": "0, 2"}
    first = retry(max_accuracy_drops="4", **changes)
    asked = request_of(held, first)[0]
    assert (asked["n_seeds"], asked["reactivation"]) == (3, False)
    assert asked["goodnet"]["targets"] == [0, 2]
    again = f"{first.headers['Location']}/retry"
    page = browser.get(again).text
    assert 'name="n_seeds" value="3"' in page
    assert 'name="goodnet.targets" value="0, 2"' in page
    assert "n_seeds=3&amp;reactivation=false&amp;goodnet.targets=0%2C+2" in page


@pytest.mark.parametrize(
    ("text", "words"), [("4", "none of the 4 classes"), ("cat", "write whole numbers")]
)
def test_a_target_that_cannot_be_is_told_beside_its_field(retry, text, words):
    told = retry(max_accuracy_drops="4", goodnet__targets=text)
    assert told.status_code == 422
    assert words in told.text.partition('id="goodnet.targets-error">')[2].partition("</p>")[0]


def test_another_method_comes_with_its_own_parameters(retry, held):
    shown = retry(method="magnitude-pruning", look="1").text
    assert 'name="params.sparsity"' in shown
    assert 'name="params.layers"' not in shown


def test_all_that_is_wrong_is_told_at_once_and_nothing_is_lost(retry):
    told = retry(params__epochs="many", params__noise="7", max_accuracy_drops="1000", seed="3")
    assert told.status_code == 422
    assert 'id="params.epochs-error"' in told.text
    assert 'id="params.noise-error"' in told.text
    assert 'id="max_accuracy_drops-error"' in told.text
    assert 'name="params.epochs" value="many"' in told.text
    assert 'name="seed" value="3"' in told.text


def test_a_job_that_has_not_ended_is_not_retried(browser, client, inputs):
    job = client.post("/api/v1/jobs", json=inputs).get_json()
    address = f"/jobs/{job['id']}/retry"
    form = {"csrf_token": mark_of(browser.get(address).text), "goodnet.false_positive_rate": "1"}
    told = browser.post(address, data=form)
    assert told.status_code == 409
    assert "the job is queued" in told.text


def test_inputs_that_were_deleted_are_told(retry, client, job):
    client.delete(f"/api/v1/models/{job['request']['model']}")
    told = retry(goodnet__false_positive_rate="1", max_accuracy_drops="4")
    assert told.status_code == 404
    assert "there is no model" in told.text


def test_where_also_the_inputs_change_a_new_repair_is_asked_for_alike(browser, address, job):
    page = browser.get(address).text
    assert f'href="/repairs/new?model={job["request"]["model"]}&amp;' in page
