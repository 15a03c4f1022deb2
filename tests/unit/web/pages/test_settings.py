"""Tokens of whoever is signed in."""

import re

from service import accounts
from tests.unit.web.pages.conftest import mark_of, signed_in


def test_a_token_is_shown_once_and_opens_the_api(browser, app):
    form = {"name": "my laptop", "scope": "read", "csrf_token": mark_of(browser.get("/").text)}
    shown = browser.post("/settings/tokens", data=form).text
    issued = re.search(r"nmt_[0-9a-f-]+\.[0-9a-f]+", shown).group()
    headers = {"Authorization": f"Bearer {issued}"}
    assert app.test_client().get("/api/v1/jobs", headers=headers).status_code == 200
    assert issued not in browser.get("/settings").text


def test_a_revoked_token_opens_nothing(browser, app, tokens):
    token_id = tokens["read"].partition(".")[0].removeprefix("nmt_")
    mark = mark_of(browser.get("/settings").text)
    browser.post(f"/settings/tokens/{token_id}/revoke", data={"csrf_token": mark})
    headers = {"Authorization": f"Bearer {tokens['read']}"}
    assert app.test_client().get("/api/v1/jobs", headers=headers).status_code == 401


def test_nobody_revokes_the_token_of_somebody_else(browser, held):
    with held.session() as session:
        user = accounts.create_user(session, "somebody else")
        token = accounts.issue_token(session, user, "theirs", ["read"])
    token_id = token.partition(".")[0].removeprefix("nmt_")
    mark = mark_of(browser.get("/settings").text)
    refused = browser.post(f"/settings/tokens/{token_id}/revoke", data={"csrf_token": mark})
    assert refused.status_code == 404


def test_who_may_not_do_everything_makes_no_token_that_may(app, held):
    with held.session() as session:
        user = accounts.create_user(session, "student")
        token = accounts.issue_token(session, user, "theirs", ["read", "submit"])
    browser = signed_in(app, token)
    form = {"name": "more", "scope": "admin", "csrf_token": mark_of(browser.get("/").text)}
    assert browser.post("/settings/tokens", data=form).status_code == 403
