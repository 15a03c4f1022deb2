"""Cookies of people in a browser."""

import threading

import pytest

from service import audit
from tests.unit.web.pages.conftest import mark_of
from web import sessions

#: What browsers say of a form of ours, and of one of somebody else.
OURS = [
    {},
    {"Origin": "http://localhost"},
    {"Origin": "https://localhost", "Sec-Fetch-Site": "same-origin"},
    {"Origin": "https://netmend.example", "Sec-Fetch-Site": "same-origin"},
]
FOREIGN = [
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost:3000"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]


@pytest.fixture
def settings(settings):
    limits = {"login_rate": "3/minute", "public_url": "https://netmend.example"}
    return settings.model_copy(update=limits)


def _sign_in(browser, token, **headers):
    mark = mark_of(browser.get("/sign-in").text)
    form = {"token": token, "csrf_token": mark}
    return browser.post("/sign-in", data=form, headers=headers)


@pytest.mark.parametrize("headers", OURS)
def test_a_form_of_ours_is_taken(app, tokens, headers):
    assert _sign_in(app.test_client(), tokens["admin"], **headers).status_code == 302


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_form_of_somebody_else_is_refused(app, tokens, headers):
    refused = _sign_in(app.test_client(), tokens["admin"], Accept="application/json", **headers)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "foreign-origin")


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_script_of_somebody_else_cannot_use_a_session(app, tokens, headers):
    browser = app.test_client()
    _sign_in(browser, tokens["admin"])
    mark = mark_of(browser.get("/").text)
    asked = {"X-CSRFToken": mark, **headers}
    refused = browser.post("/api/v1/jobs", json={}, headers=asked)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "foreign-origin")


def test_who_guesses_has_to_wait_and_nobody_else(app, tokens):
    browser = app.test_client()
    statuses = [_sign_in(browser, "nmt_guess.x").status_code for _ in range(4)]
    refused = _sign_in(browser, tokens["admin"])
    assert statuses == [401, 401, 401, 429]
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "192.0.2.1"
    assert _sign_in(elsewhere, tokens["admin"]).status_code == 302


def test_invitations_cannot_be_guessed_either(app):
    browser = app.test_client()
    mark = mark_of(browser.get("/sign-in").text)
    statuses = [
        browser.post("/welcome/nmt_guess.x", data={"csrf_token": mark}).status_code
        for _ in range(4)
    ]
    assert statuses == [401, 401, 401, 429]


def test_who_came_in_and_who_failed_to_is_written_down(app, tokens, held):
    browser = app.test_client()
    _sign_in(browser, "nmt_guess.x")
    _sign_in(browser, tokens["admin"])
    browser.post("/sign-out", data={"csrf_token": mark_of(browser.get("/").text)})
    with held.session(read_only=True) as session:
        events = audit.newest(session, limit=4)
    told = [(event.action, event.result, event.source) for event in events]
    assert told == [
        ("sign-in", "unauthenticated", "127.0.0.1"),
        ("sign-in", "ok", "127.0.0.1"),
        ("token.revoke", "ok", "127.0.0.1"),
        ("sign-out", "ok", "127.0.0.1"),
    ]
    assert events[0].actor == audit.NOBODY
    assert len({event.actor for event in events[1:]}) == 1


def test_the_key_of_cookies_is_made_once_and_is_private(settings):
    first, second = sessions._key(settings), sessions._key(settings)
    assert first == second
    assert len(first) == 64
    assert (settings.state_folder / "session-key").stat().st_mode & 0o077 == 0


def test_of_many_who_make_the_key_at_once_one_does(settings):
    keys = set()
    threads = [threading.Thread(target=lambda: keys.add(sessions._key(settings))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 1
    assert [path.name for path in settings.state_folder.glob("tmp*")] == []


def test_a_key_that_was_set_is_taken_and_none_is_kept(settings):
    given = settings.model_validate({**settings.model_dump(), "session_key": "k" * 32})
    assert sessions._key(given) == "k" * 32
    assert not (settings.state_folder / "session-key").exists()


def test_over_https_the_cookie_is_sent_no_other_way(settings, empty_database):
    from web import app as web_app

    app = web_app.create_app(settings.model_copy(update={"is_https": True}))
    assert app.config["SESSION_COOKIE_SECURE"]
    app.extensions["netmend"].engine.dispose()


def test_nobody_is_signed_in_without_a_cookie(app):
    with app.test_request_context("/"):
        assert sessions.current() is None
