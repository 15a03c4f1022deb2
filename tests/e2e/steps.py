"""What people do in the pages, step by step; each step ends when the page says that it is done."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from .files import Files
from .stack import Stack

#: Milliseconds that a repair may take on a busy machine.
REPAIR_MS = 600_000
_JOB = re.compile(r"/jobs/[0-9a-f-]{36}$")
_ENDED = re.compile("Done|Failed|Canceled")


def open_with_invitation(page: Page, stack: Stack) -> None:
    """First run: the link that `netmend up` printed, and its button."""
    page.goto(stack.welcome)
    page.get_by_role("button", name="Open netmend").click()
    expect(page.get_by_role("heading", name="Nothing has been repaired yet")).to_be_visible()


def sign_in(page: Page, stack: Stack) -> None:
    """With the token that `netmend up` printed."""
    page.goto(stack.url)
    page.get_by_label("Access token").fill(stack.token)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def bring(page: Page, files: Files) -> None:
    """Upload a model and its three sets on the page of a new repair, and wait for the checks."""
    places = {
        "The model to repair": files.model,
        "Clean validation": files.clean_validation,
        "Clean test": files.clean_test,
        "Poisoned sets": files.poisoned,
    }
    for place, path in places.items():
        slot(page, place).locator("input[type=file]").set_input_files(path)
    for place, path in places.items():
        is_ready = re.compile(rf"{re.escape(path.name)}\s+Ready")
        expect(slot(page, place).locator(".chosen header")).to_contain_text(is_ready)


def slot(page: Page, title: str) -> Locator:
    """The place for a file in the form of a new repair."""
    return page.get_by_role("region", name=re.compile(f"^{title}"))


def set_parameters(page: Page, files: Files) -> None:
    """Choose fine-pruning, whatever is usual, and fill in its parameters."""
    page.get_by_role("radio", name="Another method").check()
    page.get_by_role("combobox", name="Method", exact=True).select_option("fine-pruning")
    expect(
        page.get_by_role("heading", name="Of fine-pruning", include_hidden=True)
    ).to_be_attached()
    page.get_by_text("All parameters").click()
    for name, value in files.params.items():
        _set(page.locator(f'[id="params.{name}"]'), value)


def start(page: Page) -> None:
    """Press the button; the page of the job comes."""
    page.get_by_role("button", name="Start the repair").click()
    page.wait_for_url(_JOB)


def wait_for_end(page: Page) -> None:
    """Look at the page of a job until it says by itself that the job has ended."""
    expect(page.locator(".job-head .badges")).to_contain_text(_ENDED, timeout=REPAIR_MS)


def download(page: Page, name: str, folder: Path) -> Path:
    """Press a link that downloads."""
    with page.expect_download() as told:
        page.get_by_role("link", name=name).click()
    path = folder / told.value.suggested_filename
    told.value.save_as(path)
    return path


def _set(field: Locator, value: Any) -> None:
    expect(field).to_be_visible()
    if isinstance(value, bool):
        field.set_checked(value)
    else:
        field.fill(str(value))
