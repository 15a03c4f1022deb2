"""What a data set looks like."""

import io
import json

import pytest

from service import jobs
from service.artifacts import KeptFile

STATS = {
    "n": 3, "value_range": [0, 255], "n_not_finite": 0, "class_counts": {"0": 3},
    "n_duplicates": 0, "shown": [{"index": 1, "label": 0}],
}  # fmt: skip


@pytest.fixture
def checked(client, held, upload):
    """Address of a data set that was checked, by whether it shows people."""

    def check(**options):
        view = client.post("/api/v1/datasets", json={"upload_id": upload, **options}).get_json()
        made = {"preview-16.png": b"16", "preview-4.png": b"4", "stats.json": _json(STATS)}
        files = tuple(
            KeptFile(name=f"overview/{name}", sha256=file.sha256, n_bytes=file.n_bytes)
            for name, file in ((name, held.storage.put(io.BytesIO(c))) for name, c in made.items())
        )
        with held.session() as session:
            claim = jobs.claim(session, view["intake_job_id"], worker_id="w", lease_s=60)
            outcome = jobs.Outcome(facts={"n": 3}, canonical_sha256="0" * 64, files=files)
            assert jobs.finish(session, claim, outcome)
        return f"/api/v1/datasets/{view['id']}"

    return check


def test_a_sheet_of_pictures_is_shown(client, checked):
    address = checked()
    answer = client.get(f"{address}/preview")
    assert (answer.mimetype, answer.data) == ("image/png", b"16")
    assert client.get(f"{address}/preview?n=3").data == b"4"


def test_people_are_shown_on_request_only(client, checked):
    address = checked(people=True)
    refused = client.get(f"{address}/preview")
    assert (refused.status_code, refused.get_json()["code"]) == (404, "preview-disabled")
    assert client.get(f"{address}/preview?show=true").data == b"16"


def test_figures_are_told(client, checked):
    assert client.get(f"{checked()}/stats").get_json() == STATS


def test_what_is_not_checked_yet_has_no_preview(client, upload):
    view = client.post("/api/v1/datasets", json={"upload_id": upload}).get_json()
    refused = client.get(f"/api/v1/datasets/{view['id']}/preview")
    assert (refused.status_code, refused.get_json()["details"]["received"]) == (404, "checking")


def test_a_picture_is_all_there_is(client, checked):
    refused = client.get(f"{checked()}/preview", headers={"Accept": "text/html"})
    assert refused.get_json()["code"] == "not-acceptable"


@pytest.mark.parametrize("n", ["0", "17", "x"])
def test_there_are_one_to_sixteen_pictures(client, checked, n):
    assert client.get(f"{checked()}/preview?n={n}").status_code == 422


def _json(value):
    return json.dumps(value).encode()
