"""Users, on the page of settings, for admins."""

import re

import pytest

from service import accounts
from tests.unit.web.pages.conftest import mark_of, signed_in


@pytest.fixture
def post(browser):
    """A function: the page after an admin sent a form."""

    def post(path, **fields):
        mark = mark_of(browser.get("/settings").text)
        return browser.post(f"/settings/users{path}", data={"csrf_token": mark, **fields})

    return post


@pytest.fixture
def bob(post, held):
    post("", name="bob", role="viewer")
    return _find(held)


def _find(held):
    with held.session(read_only=True) as session:
        return accounts.find_user(session, "bob")


def test_a_new_user_comes_in_by_a_link_that_is_shown_once(app, post, browser, held):
    shown = post("", name="bob", role="viewer").text
    link = re.search(r"http://localhost(/welcome/nmt_[\w.-]+)", shown).group(1)
    assert link not in browser.get("/settings").text
    newcomer = app.test_client()
    newcomer.post(link, data={"csrf_token": mark_of(newcomer.get(link).text)})
    assert "who looks." in newcomer.get("/settings").text
    assert _find(held).role == "viewer"


def test_a_user_gets_another_role_and_another_link(post, bob, held):
    post(f"/{bob.id}/role", role="submitter")
    assert _find(held).role == "submitter"
    assert "/welcome/nmt_" in post(f"/{bob.id}/invite").text


def test_a_user_is_kept_out_and_let_in_again(post, bob, held):
    post(f"/{bob.id}/disable")
    assert _find(held).disabled_at
    post(f"/{bob.id}/enable")
    assert _find(held).disabled_at is None


def test_who_is_no_admin_sees_and_changes_no_users(app, held, bob):
    with held.session() as session:
        user = accounts.create_user(session, "student")
        token = accounts.issue_token(session, user, "theirs", ["read", "submit"])
    browser = signed_in(app, token)
    page = browser.get("/settings").text
    assert "bob" not in page
    form = {"csrf_token": mark_of(page), "name": "eve", "role": "admin"}
    assert browser.post("/settings/users", data=form).status_code == 403


def test_a_viewer_makes_a_token_for_reading_and_none_for_more(app, held):
    with held.session() as session:
        user = accounts.create_user(session, "reader", "viewer")
        token = accounts.issue_token(session, user, "theirs", ["read"])
    browser = signed_in(app, token)
    mark = mark_of(browser.get("/settings").text)
    statuses = [
        browser.post(
            "/settings/tokens", data={"csrf_token": mark, "name": "x", "scope": scope, "days": "30"}
        ).status_code
        for scope in accounts.SCOPES
    ]
    assert statuses == [200, 403, 403]
