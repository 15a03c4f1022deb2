"""Styles and scripts."""

import gzip
import re

import pytest

from tests.architecture import tree

SCRIPTS = sorted((tree.REPOSITORY / "web" / "static").rglob("*.js"))


def test_what_has_a_version_in_its_address_is_asked_for_once(browser):
    address = re.search(r'href="(/static/[^"]+/netmend.css)"', browser.get("/").text).group(1)
    with browser.get(address) as answer:
        assert "immutable" in answer.headers["Cache-Control"]


def test_what_a_script_imports_has_the_address_that_the_page_names(browser):
    script = re.search(r'src="(/static/[^"]+/)netmend.js"', browser.get("/").text).group(1)
    with browser.get(f"{script}theme.js") as answer:
        assert "immutable" in answer.headers["Cache-Control"]


def test_the_address_of_another_version_is_not_kept(browser):
    with browser.get("/static/at-0123456789/netmend.css") as answer:
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")


@pytest.mark.parametrize("name", ["../app.py", "%2e%2e/app.py", "nothing.css"])
def test_nothing_else_is_served(stranger, name):
    assert stranger.get(f"/static/{name}").status_code == 404


def test_no_page_asks_anybody_else_for_anything(browser):
    assert re.findall(r'(?:src|href|action)="(?:https?:)?//', browser.get("/").text) == []


def test_all_scripts_together_are_less_than_eighty_kilobytes_when_compressed():
    sizes = {path.name: len(gzip.compress(path.read_bytes())) for path in SCRIPTS}
    assert sum(sizes.values()) < 80_000, sizes
