"""Cookies of people in a browser."""

import threading

from web import sessions


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
