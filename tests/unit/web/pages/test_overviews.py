"""Pages that only tell."""

import pytest

from core import catalogue
from core.sandbox import SandboxState
from service import db, workers
from service.workers import Slot


@pytest.mark.parametrize("address", ["/", "/methods", "/workers", "/settings", "/about", "/api"])
def test_everybody_who_may_look_sees_it(browser, address):
    assert browser.get(address).status_code == 200


def test_every_method_says_where_it_falls_short(browser):
    page = browser.get("/methods").text
    assert [m.name for m in catalogue.METHODS.values() if m.weakness not in page] == []


def test_without_workers_the_page_says_how_to_start_one(browser):
    assert "netmend worker" in browser.get("/workers").text


def test_a_worker_is_told_with_its_device(browser, held):
    slot = Slot(id="a", host="rack-7", process=1, queues=("gpu",), device="NVIDIA H100")
    with db.session_scope(held.engine) as session:
        workers.seen(session, slot)
    page = browser.get("/workers").text
    assert "rack-7" in page
    assert "NVIDIA H100" in page


@pytest.mark.parametrize(("seccomp", "warned"), [(True, False), (False, True)])
def test_a_worker_that_does_not_lock_its_jobs_up_is_warned_of(browser, held, seccomp, warned):
    sandbox = SandboxState(landlock_abi=7, seccomp=seccomp)
    slot = Slot(
        id="a", host="rack-7", process=1, queues=("cpu",), device="cpu", sandbox=sandbox
    )  # fmt: skip
    with db.session_scope(held.engine) as session:
        workers.seen(session, slot)
    assert ("not locked up on rack-7" in browser.get("/workers").text) == warned


def test_the_api_page_lists_every_operation(browser, app):
    page = browser.get("/api").text
    described = browser.get("/api/v1/openapi.json").get_json()["paths"]
    assert [path for path in described if path not in page] == []
