"""What belongs to others is not there: for every route that names a thing by its id."""

import pytest

#: Parts of a route that are no ids, with something that could stand there.
_NAMES = {"name": "report.json"}


@pytest.fixture
def things(client, inputs, job, upload):
    """Part of a route to the id of a thing of somebody."""
    wanted = {"models": [inputs["model"]], "data": [inputs["data"]]}
    batch = client.post("/api/v1/batches", json=wanted).get_json()
    return {
        "job_id": job["id"],
        "model_id": inputs["model"],
        "dataset_id": inputs["data"]["clean_validation"],
        "batch_id": batch["id"],
        "upload_id": upload,
    }


@pytest.fixture
def routes(app, things):
    """Method and address of everything that can be asked of those things."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.arguments & things.keys()]
    urls = app.url_map.bind("localhost")
    return [
        (method, urls.build(rule.endpoint, {key: given[key] for key in rule.arguments}, method))
        for rule in rules
        if rule.rule.startswith("/api/v1")
        for given in [{**_NAMES, **things}]
        for method in sorted(rule.methods - {"OPTIONS"})
    ]


def test_no_route_tells_a_stranger_that_something_is_there(stranger, routes):
    headers = {"If-Match": '"1-x"', "Upload-Offset": "0"}
    answers = {
        (method, url): stranger.open(url, method=method, headers=headers, json={}).status_code
        for method, url in routes
    }
    assert len(answers) > 25
    assert {route: status for route, status in answers.items() if status != 404} == {}


@pytest.mark.parametrize("path", ["jobs", "jobs.csv", "models", "datasets", "batches"])
def test_no_list_shows_what_belongs_to_others(client, stranger, things, path):
    shown, hidden = (someone.get(f"/api/v1/{path}").text for someone in (client, stranger))
    found = [any(thing in text for thing in things.values()) for text in (shown, hidden)]
    assert found == [True, False]


def test_nobody_compares_the_jobs_of_others(client, stranger, inputs, job):
    other = client.post("/api/v1/jobs", json=inputs).get_json()
    query = f"/api/v1/compare?job={job['id']}&job={other['id']}"
    assert (client.get(query).status_code, stranger.get(query).status_code) == (200, 404)


@pytest.mark.parametrize("path", ["jobs", "jobs?dry_run=true"])
def test_nobody_uses_the_models_of_others(stranger, inputs, path):
    assert stranger.post(f"/api/v1/{path}", json=inputs).status_code == 404


def test_nobody_puts_the_models_of_others_into_a_batch(stranger, inputs):
    wanted = {"models": [inputs["model"]], "data": [inputs["data"]]}
    assert stranger.post("/api/v1/batches", json=wanted).status_code == 404


def test_an_administrator_sees_everything(other_client, job):
    assert other_client.get(f"/api/v1/jobs/{job['id']}").status_code == 200
