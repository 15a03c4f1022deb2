"""Debian's Chromium, driven by Playwright, and what its pages must never do."""

import contextlib
import dataclasses
import os
import shutil
import urllib.parse
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, sync_playwright

_OPTIONS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
_HERE = "127.0.0.1"
_OURS = {"http", "https", "ws", "wss"}
#: Told by the browser for each answer that is a refusal; `_on_response` says which of them matter.
_OF_ANSWERS = "Failed to load resource"
#: What people may ask for and be refused; anything else that a page loads has to be there.
_MAY_BE_REFUSED = {"document", "fetch", "xhr", "eventsource"}
_WINDOW = {"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", "timezone_id": "UTC"}
#: Milliseconds that anything may take on a busy machine.
PATIENCE_MS = 60_000


def chromium() -> str | None:
    """Path of the browser: ``$CHROMIUM``, or ``chromium`` of this machine, if there is one."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium")


@contextlib.contextmanager
def started(path: str) -> Iterator[Browser]:
    """The browser, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_OPTIONS))
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def window(browser: Browser, **options: Any) -> Iterator[Page]:
    """A window with cookies of its own.

    Args:
        browser: Where it is opened.
        options: As Playwright's `Browser.new_context` takes them.

    Raises:
        AssertionError: Its pages did what they must never do.
    """
    misdeeds = Misdeeds()
    with contextlib.closing(browser.new_context(**{**_WINDOW, **options})) as context:
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        misdeeds.watch(page)
        yield page
    assert misdeeds == Misdeeds()


@dataclasses.dataclass
class Misdeeds:
    """What went wrong in a page that nobody may see."""

    #: Addresses of other machines that were asked for something.
    foreign: list[str] = dataclasses.field(default_factory=list)
    #: Errors of scripts, of the content security policy, of the server, and files that are missing.
    errors: list[str] = dataclasses.field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Take down what a page does from now on."""
        page.on("request", self._on_request)
        page.on("response", self._on_response)
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _on_request(self, request: Request) -> None:
        address = urllib.parse.urlsplit(request.url)
        if address.scheme in _OURS and address.hostname != _HERE:
            self.foreign.append(request.url)

    def _on_response(self, response: Response) -> None:
        is_ours = response.request.resource_type not in _MAY_BE_REFUSED
        if response.status >= 500 or (response.status >= 400 and is_ours):
            self.errors.append(f"{response.status} {response.url}")

    def _on_console(self, message: ConsoleMessage) -> None:
        is_bad = message.type in {"error", "warning"}
        if is_bad and not message.text.startswith(_OF_ANSWERS):
            self.errors.append(message.text)
