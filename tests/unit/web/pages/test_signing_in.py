"""The way in and the way out."""

import pytest

from tests.unit.web.pages.conftest import mark_of, signed_in


def test_a_stranger_is_led_to_the_form_and_then_back(stranger, tokens):
    led = stranger.get("/?state=failed")
    assert led.headers["Location"] == "/sign-in?back=/?state%3Dfailed"
    form = {"token": tokens["read"], "back": "/?state=failed"}
    form["csrf_token"] = mark_of(stranger.get(led.headers["Location"]).text)
    assert stranger.post("/sign-in", data=form).headers["Location"] == "/?state=failed"


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example", ""])
def test_nobody_is_led_to_another_site(stranger, tokens, back):
    mark = mark_of(stranger.get("/sign-in").text)
    form = {"token": tokens["read"], "back": back, "csrf_token": mark}
    assert stranger.post("/sign-in", data=form).headers["Location"] == "/"


def test_a_wrong_token_is_told_beside_the_form(stranger):
    mark = mark_of(stranger.get("/sign-in").text)
    told = stranger.post("/sign-in", data={"token": "nmt_wrong", "csrf_token": mark})
    assert told.status_code == 401
    assert "the token is not valid" in told.text
    assert stranger.get("/").status_code == 302


def test_an_invitation_works_once(stranger, app, invitation):
    address = f"/welcome/{invitation}"
    mark = mark_of(stranger.get(address).text)
    assert stranger.post(address, data={"csrf_token": mark}).status_code == 302
    assert stranger.get("/").status_code == 200
    other = app.test_client()
    mark = mark_of(other.get(address).text)
    assert other.post(address, data={"csrf_token": mark}).status_code == 401


def test_looking_at_an_invitation_does_not_use_it(stranger, invitation):
    stranger.get(f"/welcome/{invitation}")
    assert stranger.get("/").status_code == 302


def test_after_signing_out_the_old_cookie_opens_nothing(browser):
    old = browser.get_cookie("netmend_session").value
    browser.post("/sign-out", data={"csrf_token": mark_of(browser.get("/").text)})
    browser.set_cookie("netmend_session", old)
    assert browser.get("/").status_code == 302


def test_a_form_of_another_site_is_refused(browser):
    refused = browser.post("/sign-out", headers={"Accept": "text/html"})
    assert refused.status_code == 403
    assert "csrf-failed" in refused.text
    assert browser.get("/").status_code == 200


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(stranger, tokens):
    mark = mark_of(stranger.get("/sign-in").text)
    answer = stranger.post("/sign-in", data={"token": tokens["read"], "csrf_token": mark})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_the_key_of_cookies_is_private_and_kept(settings, app, tokens):
    path = settings.state_folder / "session-key"
    assert path.stat().st_mode & 0o077 == 0
    assert len(path.read_text()) == 64


def test_who_may_only_look_cannot_change_anything(app, tokens):
    browser = signed_in(app, tokens["read"])
    mark = mark_of(browser.get("/").text)
    assert browser.post("/jobs/1/cancel", data={"csrf_token": mark}).status_code in (403, 404)


def test_a_script_of_our_pages_may_ask_the_api(browser):
    assert browser.get("/api/v1/jobs").status_code == 200
    mark = mark_of(browser.get("/").text)
    made = browser.post(
        "/api/v1/uploads", json={"file_name": "a.h5"}, headers={"X-CSRFToken": mark}
    )
    assert made.status_code == 201


def test_a_script_of_another_site_changes_nothing(browser):
    refused = browser.post("/api/v1/uploads", json={"file_name": "a.h5"})
    assert refused.status_code == 403
    assert refused.get_json()["code"] == "csrf-failed"
