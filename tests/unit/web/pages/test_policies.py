"""Roles and pages: every page is asked by nobody, by a viewer, and by somebody whose it is not."""

import pytest

from service import accounts
from tests.unit.web.pages.conftest import mark_of, signed_in
from web import policies

NOBODY = "00000000-0000-7000-8000-000000000000"
OPEN = "pages.signing_in."
#: What could stand where a page names no id.
OTHERS = {"number": 0, "code": "x", "name": "x", "file": "x", "act": "x"}


def _person(app, name, role):
    with app.extensions["netmend"].session() as session:
        user = accounts.create_user(session, name, role)
        token = accounts.issue_token(session, user, "theirs", accounts.ROLES[role])
    return signed_in(app, token)


@pytest.fixture
def pages(app):
    """Method, rule and policy of every page but the way in."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("pages.")]
    return [
        (method, rule, policies.of(app.view_functions[rule.endpoint], method))
        for rule in rules
        if not rule.endpoint.startswith(OPEN)
        for method in sorted(rule.methods & {"GET", "POST"})
    ]


def _address(app, rule, things):
    values = {name: things.get(name, OTHERS.get(name, NOBODY)) for name in rule.arguments}
    if "act" in values:
        values["act"] = rule._converters["act"].regex.strip("(?:)").split("|")[0]
    return app.url_map.bind("localhost").build(rule.endpoint, values)


def _statuses(app, client, wanted, things=None, **form):
    """Rule to status of those that are wanted."""
    return {
        f"{method} {rule.rule}": client.open(
            _address(app, rule, things or {}), method=method, data=form or None
        ).status_code
        for method, rule, _ in wanted
    }


def test_nobody_sees_a_page_but_the_way_in(app, pages):
    client = app.test_client()
    form = {"csrf_token": mark_of(client.get("/sign-in").text)}
    looked = _statuses(app, client, [page for page in pages if page[0] == "GET"])
    sent = _statuses(app, client, [page for page in pages if page[0] == "POST"], **form)
    assert len(looked) > 15
    assert set(looked.values()) == {302}
    assert set(sent.values()) <= {302, 403}  # 403: a form with files is read only for somebody


def test_a_viewer_changes_nothing_but_their_tokens(app, pages):
    viewer = _person(app, "viewer", "viewer")
    form = {"csrf_token": mark_of(viewer.get("/settings").text)}
    asked = [page for page in pages if page[0] == "POST" and "viewer" not in page[2].roles]
    found = _statuses(app, viewer, asked, **form)
    assert len(found) > 20
    assert set(found.values()) == {403}
    theirs = {rule.rule for method, rule, policy in pages if method == "POST"} - {
        key.removeprefix("POST ") for key in found
    }
    assert theirs == {"/settings/tokens", "/settings/tokens/<uuid:token_id>/revoke"}


def test_only_an_admin_looks_after_users(app, pages):
    submitter = _person(app, "submitter", "submitter")
    form = {"csrf_token": mark_of(submitter.get("/settings").text)}
    asked = [page for page in pages if page[2].scope == "admin"]
    found = _statuses(app, submitter, asked, **form)
    assert len(found) >= 4
    assert set(found.values()) == {403}


def test_no_page_tells_a_stranger_that_something_is_there(app, pages, inputs, job):
    things = {
        "job_id": job["id"],
        "model_id": inputs["model"],
        "dataset_id": inputs["data"]["clean_validation"],
    }
    stranger = _person(app, "stranger", "submitter")
    asked = [page for page in pages if page[0] == "GET" and page[1].arguments & things.keys()]
    found = _statuses(app, stranger, asked, things)
    assert len(found) >= 4
    assert {key: status for key, status in found.items() if status != 404} == {}
