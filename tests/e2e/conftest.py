"""One stack and one browser for all tests here; each test has a window of its own."""

import pytest
from playwright.sync_api import expect

from tests.e2e import browsers, examples, files, stack, steps

expect.set_options(timeout=browsers.PATIENCE_MS)


@pytest.fixture(scope="session")
def chromium():
    path = browsers.chromium()
    if path is None:
        pytest.skip("no Chromium: neither $CHROMIUM nor `chromium` on the PATH")
    with browsers.started(path) as browser:
        yield browser


@pytest.fixture(scope="session")
def running(chromium, tmp_path_factory):
    """A whole service, used by all tests but those of the first run."""
    with stack.started(tmp_path_factory.mktemp("service") / "state") as started:
        yield started


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """The demo's small model, its images, and what else is needed to have it repaired."""
    return files.of_demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def example(running, demo):
    """A service in which people have worked for a while."""
    return examples.fill(running, demo)


@pytest.fixture(scope="session")
def cookies(chromium, running):
    """What a browser holds in which somebody signed in."""
    with browsers.window(chromium) as page:
        steps.sign_in(page, running)
        return page.context.storage_state()


@pytest.fixture
def stranger(chromium):
    """A window of somebody who has not signed in."""
    with browsers.window(chromium) as page:
        yield page


@pytest.fixture
def page(chromium, running, cookies):
    """A window of somebody who has, and looks at the first page."""
    with browsers.window(chromium, storage_state=cookies, base_url=running.url) as page:
        page.goto("/")
        yield page
