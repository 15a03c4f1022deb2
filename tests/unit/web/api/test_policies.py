"""Roles and routes: everything in the OpenAPI document is asked by everybody.

A route that declares no policy, or that keeps another one than it declares, fails here.
"""

import io
import json
import re

import pytest

from service import accounts, artifacts, datasets, jobs
from service.artifacts import KeptFile
from tests.unit.web.api.test_previews import STATS

POLICY = "x-netmend-policy"
METHODS = ("get", "post", "put", "patch", "delete")  # in this order: what is deleted is asked last
#: What could stand where a route names no id.
NAMES = {"code": "internal"}
NOBODY = "00000000-0000-7000-8000-000000000000"
#: What only a request that was let through is answered otherwise than with.
STOPPED = {401, 403, 404, 429, 500}
HEADERS = {"If-Match": '"1-x"', "Upload-Offset": "0"}


def _client(app, name, role):
    with app.extensions["netmend"].session() as session:
        user = accounts.create_user(session, name, role)
        token = accounts.issue_token(session, user, "theirs", accounts.ROLES[role])
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"webhook_hosts": ("ci.example",)})


@pytest.fixture
def client(app):
    """Whose all things are: somebody who may do what everybody may."""
    return _client(app, "owner", "submitter")


@pytest.fixture
def everybody(app, client):
    """Who asks."""
    return {
        "nobody": app.test_client(),
        "viewer": _client(app, "viewer", "viewer"),
        "stranger": _client(app, "stranger", "submitter"),
        "owner": client,
        "admin": _client(app, "admin", "admin"),
    }


@pytest.fixture
def document(client):
    return client.get("/api/v1/openapi.json").get_json()


@pytest.fixture
def operations(document):
    """Method, path and policy of all, those that delete last."""
    found = [
        (method, path, item[method].get(POLICY))
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    ]
    return sorted(found, key=lambda item: METHODS.index(item[0]))


@pytest.fixture
def diagnosed(client, held, inputs):
    """What a job asks for, with a diagnosis of its model."""
    asked = {"clean_validation": inputs["data"]["clean_validation"]}
    made = client.post(f"/api/v1/models/{inputs['model']}/diagnose", json=asked).get_json()
    with held.session() as session:
        claim = jobs.claim(session, made["id"], worker_id="w", lease_s=60)
        jobs.finish(session, claim, jobs.Outcome(result={"suspects": []}))
    return inputs


@pytest.fixture
def checked(held, diagnosed):
    """What a job asks for, with what an intake makes of its data set."""
    _overview(held, diagnosed["data"]["clean_validation"])
    return diagnosed


@pytest.fixture
def things(client, checked, repaired, upload):
    """Part of a route to the id of a thing of the owner."""
    inputs = checked
    wanted = {"models": [inputs["model"]], "data": [inputs["data"]]}
    hook = client.post("/api/v1/webhooks", json={"url": "https://ci.example/"}).get_json()
    ping = client.post(f"/api/v1/webhooks/{hook['id']}/ping").get_json()
    return {
        **NAMES,
        "job_id": repaired.rpartition("/")[2],
        "model_id": inputs["model"],
        "dataset_id": inputs["data"]["clean_validation"],
        "batch_id": client.post("/api/v1/batches", json=wanted).get_json()["id"],
        "upload_id": upload,
        "webhook_id": hook["id"],
        "delivery_id": ping["id"],
        "user_id": client.get("/api/v1/me").get_json()["id"],
    }


def _overview(held, dataset_id):
    """What an intake makes of a data set."""
    made = {"preview-16.png": b"16", "stats.json": json.dumps(STATS).encode()}
    stored = {name: held.storage.put(io.BytesIO(content)) for name, content in made.items()}
    files = [
        KeptFile(name=f"overview/{name}", sha256=file.sha256, n_bytes=file.n_bytes)
        for name, file in stored.items()
    ]
    with held.session() as session:
        dataset = datasets.get(session, dataset_id)
        artifacts.add(session, dataset.intake_job_id, 1, files)


def _expected(policy, who):
    """The status that stops somebody; ``None`` if they are let through."""
    if policy["scope"] is None:
        return None
    if who == "nobody":
        return 401
    role = "submitter" if who in {"owner", "stranger"} else who
    if role not in policy["roles"]:
        return 403
    is_theirs = who == "owner" or (who == "admin" and not policy["private"])
    return 404 if policy["owned"] and not is_theirs else None


def _url(path, things):
    return re.sub(r"{(\w+)}", lambda part: things.get(part[1], NOBODY), path)


def _asked(client, method, path, things):
    name = "fine-pruning" if path.startswith("/api/v1/methods") else "report.md"
    url = _url(path, {**things, "name": name})
    body = None if method == "get" else {}
    with client.open(url, method=method, headers=HEADERS, json=body) as answer:
        return answer.status_code if answer.status_code in STOPPED else None


@pytest.mark.parametrize("who", ["nobody", "viewer", "stranger", "owner", "admin"])
def test_everybody_gets_as_far_as_the_policy_says(everybody, operations, things, who):
    client = everybody[who]
    found = {
        (method, path): (_asked(client, method, path, things), _expected(policy, who))
        for method, path, policy in operations
    }
    assert len(found) > 70
    assert {route: both for route, both in found.items() if both[0] != both[1]} == {}


def test_every_operation_declares_who_may_ask(operations):
    assert [(method, path) for method, path, policy in operations if policy is None] == []


def test_what_names_a_thing_of_somebody_is_declared_so(operations):
    named = re.compile(r"{(?!user_id)\w+_id}")
    wrong = [path for _, path, policy in operations if policy["owned"] != bool(named.search(path))]
    assert wrong == []


def test_what_changes_something_is_for_no_viewer(operations):
    open_to_viewers = {
        path
        for method, path, policy in operations
        if "viewer" in policy["roles"] and method != "get"
    }
    assert open_to_viewers == set()


def test_a_foreign_host_gets_nothing(everybody, operations):
    client, statuses = everybody["admin"], set()
    for method, path, _ in operations:
        answer = client.open(_url(path, NAMES), method=method, headers={"Host": "evil.example"})
        statuses.add((answer.status_code, answer.get_json()["code"]))
    assert statuses == {(400, "malformed-request")}


@pytest.mark.parametrize("who", ["nobody", "admin"])
def test_every_answer_carries_the_security_headers(everybody, operations, who):
    lacking = []
    for method, path, _ in operations:
        with everybody[who].open(_url(path, NAMES), method=method) as answer:
            headers = answer.headers
        is_safe = (
            "frame-ancestors 'none'" in headers.get("Content-Security-Policy", "")
            and headers.get("X-Content-Type-Options") == "nosniff"
            and headers.get("Cross-Origin-Resource-Policy") == "same-origin"
            and headers.get("Referrer-Policy") in {"same-origin", "no-referrer"}
        )
        lacking += [] if is_safe else [(method, path)]
    assert lacking == []
