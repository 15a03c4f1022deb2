"""The library of data sets."""

import io
import json

import pytest

from service import artifacts
from service.artifacts import KeptFile
from tests import factories
from tests.unit.web.pages.conftest import mark_of

FACTS = {
    "n": 6,
    "shape": [6, 12, 12, 3],
    "layout": "NCHW",
    "stored_dtype": "uint8",
    "value_range": [0.0, 255.0],
    "label_range": [0, 2],
    "n_classes": 3,
    "has_true_label": False,
    "constant_label": None,
}
STATS = {
    "n": 6,
    "value_range": [0.0, 255.0],
    "n_not_finite": 0,
    "class_counts": {"0": 1, "1": 2, "2": 3},
    "n_duplicates": 1,
    "shown": [{"index": 3, "label": 2}],
}


@pytest.fixture
def make(held, owner):
    """Makes a data set that was looked at."""

    def made(*, people=False, **columns):
        stored = held.storage.put(io.BytesIO(json.dumps(STATS).encode()))
        with held.session() as session:
            intake = factories.make_job(session, owner)
            options = {"role": "clean", "layout": "auto", "people": people}
            given = {"options": options, "facts": FACTS, "intake_job_id": intake.id, **columns}
            kept = KeptFile(
                name="overview/stats.json", sha256=stored.sha256, n_bytes=stored.n_bytes
            )
            artifacts.add(session, intake.id, 1, [kept])
            return factories.make_dataset(session, owner, **given).id

    return made


def test_without_data_sets_the_page_shows_how_to_write_one(browser):
    page = browser.get("/datasets").text
    assert "No data sets yet" in page
    assert "h5py.File" in page


def test_a_list_can_be_narrowed_to_poisoned_sets(browser, held, owner):
    with held.session() as session:
        factories.make_dataset(session, owner, role="clean", name="faces")
        factories.make_dataset(session, owner, role="poisoned", name="sunglasses")
    page = browser.get("/datasets?role=poisoned&q=").text
    assert "sunglasses" in page
    assert "faces" not in page


def test_the_page_of_a_set_shows_facts_classes_and_pictures(browser, make):
    dataset = make()
    page = browser.get(f"/datasets/{dataset}").text
    assert "stored NCHW" in page
    assert "3 classes, with 1 to 3 images each." in page
    assert "1 image occurs more than once" in page
    assert f"/api/v1/datasets/{dataset}/preview" in page


def test_people_are_shown_only_to_whoever_asks(browser, make):
    dataset = make(people=True)
    assert "/preview" not in browser.get(f"/datasets/{dataset}").text
    assert "preview?n=16&amp;show=true" in browser.get(f"/datasets/{dataset}?show=true").text


def test_a_set_without_figures_says_so(browser, held, owner):
    with held.session() as session:
        dataset = factories.make_dataset(session, owner, facts=FACTS)
    assert "There is no preview" in browser.get(f"/datasets/{dataset.id}").text


def test_a_poisoned_set_says_what_its_labels_mean(browser, make):
    options = {"role": "poisoned", "labels": "original", "target_label": 7}
    page = browser.get(f"/datasets/{make(options=options)}").text
    assert "the trigger sends them to 7" in page
    assert "data.poisoned_test=" in page


def test_a_file_can_be_read_otherwise_as_a_set_of_its_own(browser, held, owner, make):
    with held.session() as session:
        upload = factories.make_upload(session, owner)
    dataset = make(sha256=upload.sha256)
    mark = mark_of(browser.get("/datasets").text)
    form = {"csrf_token": mark, "role": "poisoned", "labels": "target", "people": "false"}
    led = browser.post(f"/datasets/{dataset}/again", data=form)
    assert led.status_code == 303
    assert "being looked at" in browser.get(led.headers["Location"]).text


def test_a_wrong_way_to_read_it_is_told_beside_the_field(browser, held, owner, make):
    with held.session() as session:
        upload = factories.make_upload(session, owner)
    dataset = make(sha256=upload.sha256)
    form = {"csrf_token": mark_of(browser.get("/datasets").text), "target_label": "-1"}
    told = browser.post(f"/datasets/{dataset}/again", data=form)
    assert told.status_code == 422
    assert "greater than or equal to 0" in told.text


def test_a_wrong_target_label_of_a_new_set_is_told(browser):
    form = {
        "csrf_token": mark_of(browser.get("/datasets").text),
        "role": "poisoned",
        "target_label": "-1",
        "file": (io.BytesIO(b"images"), "poisoned.h5"),
    }
    told = browser.post("/datasets", data=form, content_type="multipart/form-data")
    assert told.status_code == 422
    assert "greater than or equal to 0" in told.text
