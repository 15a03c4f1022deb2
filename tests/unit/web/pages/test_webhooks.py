"""Webhooks in the browser."""

import pytest

from service import webhooks
from tests.unit.web.pages.conftest import mark_of

URL = "https://ci.example/hook"
PAGE = "/settings/webhooks"


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"webhook_hosts": ("ci.example",)})


@pytest.fixture
def add(browser):
    return lambda url: browser.post(
        PAGE, data={"csrf_token": mark_of(browser.get(PAGE).text), "url": url}
    )


def the_only(held):
    with held.session() as session:
        (hook,) = webhooks.list_webhooks(session)
        return hook


def the_secret(held, text):
    return the_only(held).secret in text


def test_a_new_one_shows_its_secret_once(browser, add, held):
    assert the_secret(held, add(URL).text)
    assert not the_secret(held, browser.get(PAGE).text)


@pytest.mark.parametrize("url", ["https://elsewhere.example/", "", "not an address"])
def test_an_address_that_is_refused_is_kept_in_its_field(add, url):
    answer = add(url)
    assert answer.status_code == 422
    assert f'value="{url}"' in answer.text
    assert 'role="alert"' in answer.text


def test_it_can_be_tried_and_forgotten(browser, add, held):
    add(URL)
    address = f"{PAGE}/{the_only(held).id}"
    browser.post(f"{address}/ping", data={"csrf_token": mark_of(browser.get(PAGE).text)})
    assert "waiting" in browser.get(PAGE).text
    browser.post(f"{address}/remove", data={"csrf_token": mark_of(browser.get(PAGE).text)})
    assert URL not in browser.get(PAGE).text
