"""Each page, light and dark, wide and narrow: axe finds nothing, and nothing is cut off.

What no page may do (errors in the console, files that are missing, a word with another machine) is
watched in every window, see `browsers.Misdeeds`.
"""

import itertools

import pytest
from axe_playwright_python.sync_playwright import Axe

from netmend.client import Client
from tests.e2e import browsers, examples, places

_STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_OPTIONS = {"runOnly": {"type": "tag", "values": _STANDARD}, "resultTypes": ["violations"]}
_LOOKS = [
    pytest.param((width, scheme), id=f"{width}-{scheme}")
    for width, scheme in itertools.product((1280, 360), ("light", "dark"))
]
_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module", params=_LOOKS)
def look(request):
    """Options of a window."""
    width, scheme = request.param
    return {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}


@pytest.fixture
def window(chromium, running, look):
    with browsers.window(chromium, base_url=running.url, **look) as page:
        yield page


@pytest.fixture
def signed_in(chromium, running, cookies, look):
    own = {"storage_state": cookies, "base_url": running.url, **look}
    with browsers.window(chromium, **own) as page:
        yield page


@pytest.fixture(scope="module")
def busy(running, example):
    """Ids of a job that runs and of one that waits, while these tests last."""
    with Client(running.url, running.token) as client, examples.busy(client, example) as ids:
        yield ids


@pytest.mark.parametrize("name", places.OPEN_PAGES)
def test_axe_finds_nothing_on_a_page_for_everybody(window, name):
    window.goto(places.OPEN_PAGES[name])
    _check(window)


@pytest.mark.parametrize("name", places.PAGES)
def test_axe_finds_nothing_on_a_page(signed_in, example, name):
    signed_in.goto(places.address(places.PAGES[name], example))
    _check(signed_in)


@pytest.mark.parametrize("name", places.LIVE_PAGES)
def test_axe_finds_nothing_on_a_page_that_is_alive(signed_in, example, busy, name):
    signed_in.goto(places.address(places.LIVE_PAGES[name], example, **busy))
    _check(signed_in)


def test_axe_would_find_what_is_wrong(window):
    window.set_content("<main><h1>Page</h1><img src='data:,'></main>")
    assert {found["id"] for found in _violations(window).response["violations"]} >= {"image-alt"}


def _check(page):
    page.wait_for_load_state("load")
    page.evaluate("document.querySelectorAll('details').forEach((item) => { item.open = true; })")
    found = _violations(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate(_OVERFLOW) <= 0


def _violations(page):
    return Axe().run(page, options=_OPTIONS)
