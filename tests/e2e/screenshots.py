"""Pictures of every page of a service with examples: wide and narrow, light and dark.

python -m tests.e2e.screenshots [FOLDER]
"""

import itertools
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import Browser, Page

from netmend.client import Client

from . import browsers, examples, files, places, stack, steps
from .examples import Example
from .stack import Stack

_WIDTHS = (1280, 360)
_SCHEMES = ("light", "dark")
_HEIGHT = 800
#: Pictures on a page come when it is scrolled to them, curves with the next event.
_SCROLL = "window.scrollTo(0, document.body.scrollHeight)"
_PAUSE_MS = 400


def main(folder: Path) -> None:
    """Start a service, fill it, take the pictures, stop it."""
    path = browsers.chromium()
    if path is None:
        sys.exit("no Chromium: neither $CHROMIUM nor `chromium` on the PATH")
    with (
        tempfile.TemporaryDirectory(prefix="netmend-") as name,
        stack.started(Path(name) / "state") as running,
        browsers.started(path) as browser,
    ):
        _of_nothing(browser, running, folder)
        demo = files.of_demo(Path(name))
        _of_everything(browser, running, examples.fill(running, demo), folder)


def _of_nothing(browser: Browser, running: Stack, folder: Path) -> None:
    """A service that nobody has used: the ways in, and what stands where nothing is yet."""
    _take(browser, running, dict(places.OPEN_PAGES), folder, is_signed_in=False)
    _take(browser, running, {f"{name}-empty": path for name, path in places.EMPTY.items()}, folder)


def _of_everything(browser: Browser, running: Stack, example: Example, folder: Path) -> None:
    pages = {name: places.address(path, example) for name, path in places.PAGES.items()}
    _take(browser, running, pages, folder)
    with Client(running.url, running.token) as client, examples.busy(client, example) as ids:
        live = places.LIVE_PAGES.items()
        _take(
            browser,
            running,
            {name: places.address(path, example, **ids) for name, path in live},
            folder,
        )


def _take(
    browser: Browser,
    running: Stack,
    pages: Mapping[str, str],
    folder: Path,
    *,
    is_signed_in: bool = True,
) -> None:
    """A picture of each page in each look, called ``NAME-WIDTH-SCHEME.png``."""
    for width, scheme in itertools.product(_WIDTHS, _SCHEMES):
        size = {"width": width, "height": _HEIGHT}
        with browsers.window(
            browser, base_url=running.url, viewport=size, color_scheme=scheme
        ) as page:
            if is_signed_in:
                steps.sign_in(page, running)
            for name, path in pages.items():
                _photograph(page, path, folder / f"{name}-{width}-{scheme}.png")


def _photograph(page: Page, path: str, picture: Path) -> None:
    page.goto(path)
    page.evaluate(_SCROLL)
    page.wait_for_timeout(_PAUSE_MS)
    page.evaluate("window.scrollTo(0, 0)")
    page.screenshot(path=picture, full_page=True)
    sys.stdout.write(f"{picture}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots"))
