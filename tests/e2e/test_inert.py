"""What people and files call things is shown as text: nothing of it becomes part of a page."""

import pytest
from playwright.sync_api import expect

from netmend.client import BatchCreate, BatchMethod, Client, JobCreate, JobData
from tests.e2e.files import DEMO_PARAMS

#: Would set a mark if it were taken for HTML, for an attribute or for a template.
BAIT = '"\'><img src=x onerror="window.ran=1"><svg onload=window.ran=1>{{7*7}}'
_QUICK = {**DEMO_PARAMS, "epochs": 1}


@pytest.fixture(scope="module")
def baited(running, demo, tmp_path_factory):
    """Addresses of pages about things that are called so, wherever somebody can name something."""
    with Client(running.url, running.token) as client:
        model = client.models.wait(client.models.add(demo.model, name=BAIT).id)
        data = JobData(
            clean_validation=_images(client, demo.clean_validation, name=BAIT),
            clean_test=_images(client, demo.clean_test, name=BAIT + " test"),
            poisoned_test=(_images(client, demo.poisoned, name=BAIT + " bad", role="poisoned"),),
        )
        asked = JobCreate(
            model=model.id, data=data, name=BAIT, tags=(BAIT[:50],), method="fine-pruning",
            params=_QUICK,
        )  # fmt: skip
        job, other = client.jobs.submit(asked).id, client.jobs.submit(asked).id
        batch = client.batches.submit(_batch(model.id, data)).id
        refused = client.models.add(_named_so(demo, tmp_path_factory.mktemp("bait"))).id
        for job_id in (job, other):
            client.jobs.wait(job_id)
        client.batches.wait(batch)
    return [
        "/", "/jobs", f"/jobs/{job}", f"/jobs/{job}/retry", f"/jobs/{job}/try",
        f"/compare?job={job}&job={other}&all=1", "/batches", f"/batches/{batch}",
        "/batches/new", "/repairs/new", "/models", f"/models/{model.id}", f"/models/{refused}",
        "/datasets", f"/datasets/{data.clean_validation}", f"/datasets/{data.poisoned_test[0]}",
    ]  # fmt: skip


def _batch(model_id, data):
    methods = (BatchMethod(name="fine-pruning", params=_QUICK),)
    return BatchCreate(name=BAIT, models=(model_id,), data=(data,), methods=methods)


def _images(client, path, **options):
    return client.datasets.wait(client.datasets.add(path, **options).id).id


def _named_so(demo, folder):
    path = folder / f"{BAIT.replace('/', '')}.h5"
    path.write_bytes(demo.clean_test.read_bytes())
    return path


def test_names_are_text_on_every_page(page, baited):
    for address in baited:
        page.goto(address)
        expect(page.locator("img[src=x], svg[onload], [onerror]")).to_have_count(0)
        assert page.evaluate("window.ran") is None, address
        assert "49" not in page.title()


def test_names_are_shown_as_they_are(page, baited):
    page.goto("/models")
    expect(page.get_by_role("link", name=BAIT).first).to_be_visible()


def test_what_is_searched_for_is_text_too(page):
    page.goto("/jobs")
    page.get_by_role("searchbox").first.fill(BAIT)
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    expect(page.locator("img[src=x], svg[onload]")).to_have_count(0)
    assert page.evaluate("window.ran") is None


def test_a_report_is_a_download_with_names_as_text(page, baited):
    response = page.request.get(f"/api/v1{baited[2]}/artifacts/report.html")
    assert response.headers["content-disposition"].startswith("attachment")
    assert "<img src=x" not in response.text()
    assert "<svg onload" not in response.text()
