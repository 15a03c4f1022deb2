"""A browser that somebody signed in with."""

import re

import pytest

from service import accounts
from service.tables import User


def mark_of(page: str) -> str:
    """What a form of a page carries, to show that it is ours."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found.group(1)


@pytest.fixture
def stranger(app):
    """A browser that nobody signed in with."""
    return app.test_client()


@pytest.fixture
def browser(app, tokens):
    """A browser in which somebody signed in who may do everything."""
    return signed_in(app, tokens["admin"])


@pytest.fixture
def owner(held, tokens):
    """Whoever signed in."""
    with held.session() as session:
        return accounts.find_user(session, "somebody")


@pytest.fixture
def invitation(held, tokens):
    with held.session() as session:
        user = accounts.find_user(session, "somebody")
        assert isinstance(user, User)
        return accounts.issue_invitation(session, user)


def signed_in(app, token):
    browser = app.test_client()
    mark = mark_of(browser.get("/sign-in").text)
    browser.post("/sign-in", data={"token": token, "csrf_token": mark})
    return browser
