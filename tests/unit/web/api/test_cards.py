"""Cards, bundles and curves of a repair."""

import io
import json
import zipfile

import pytest

from service.tables import Job
from tests.unit.web.api.conftest import MADE


def test_a_card_has_all_that_it_takes_to_check_it(client, repaired, inputs):
    card = client.get(f"{repaired}/card.json").get_json()
    assert card["verdict"] == "repaired"
    assert {item["role"]: item["id"] for item in card["inputs"]} == {
        "model": inputs["model"],
        "clean_validation": inputs["data"]["clean_validation"],
    }
    assert {file["name"] for file in card["artifacts"]} == set(MADE)
    assert card["reproduce"]["seed"] == card["report"]["seed"] == 0


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "application/json"),
        ("text/html", "text/html"),
        ("text/markdown;q=0.9, application/json;q=0.1", "text/markdown"),
    ],
)
def test_a_card_comes_as_it_is_asked_for(client, repaired, accept, kind):
    answer = client.get(f"{repaired}/card", headers={"Accept": accept})
    assert answer.mimetype == kind
    assert "Accept" in answer.headers["Vary"]


def test_another_kind_of_card_there_is_not(client, repaired):
    refused = client.get(f"{repaired}/card", headers={"Accept": "image/png"})
    assert (refused.status_code, refused.get_json()["code"]) == (406, "not-acceptable")


def test_a_page_is_the_report_and_the_hashes(client, repaired):
    page = client.get(f"{repaired}/card.html")
    assert b"<p>report</p>" in page.data
    assert page.data.endswith(b"</main></html>")
    assert b"goodnet.h5" in page.data
    assert page.headers["Content-Security-Policy"].startswith("sandbox;")


def test_names_in_a_page_are_text(client, held, inputs, repaired):
    model = f"/api/v1/models/{inputs['model']}"
    with held.session() as session:
        session.connection().exec_driver_sql("UPDATE models SET file_name = '<script>|*a*'")
    assert client.get(model).get_json()["file_name"] == "<script>|*a*"
    assert b"&lt;script&gt;" in client.get(f"{repaired}/card.html").data
    assert rb"\<script\>\|\*a\*" in client.get(f"{repaired}/card.md").data


def test_a_card_that_the_caller_has_is_not_sent_again(client, repaired):
    etag = client.get(f"{repaired}/card.md").headers["ETag"]
    headers = {"If-None-Match": etag}
    assert client.get(f"{repaired}/card.md", headers=headers).status_code == 304


def test_a_job_that_goes_on_has_no_card(client, job):
    refused = client.get(f"/api/v1/jobs/{job['id']}/card")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "job-not-finished")


def test_a_budget_that_there_is_not_has_none(client, repaired):
    refused = client.get(f"{repaired}/card?budget=0.5")
    assert (refused.status_code, refused.get_json()["details"]["expected"]) == (404, [0.04])


def test_a_bundle_holds_everything_and_its_hashes(client, repaired):
    answer = client.get(f"{repaired}/bundle.zip")
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    manifest = json.loads(archive.read("manifest.json"))
    assert archive.testzip() is None
    assert set(MADE) | {"card.html", "card.json", "card.md"} == {
        file["name"] for file in manifest["files"]
    }
    assert archive.read("repaired.h5") == MADE["repaired.h5"]
    assert {item["role"] for item in manifest["inputs"]} == {"model", "clean_validation"}


def test_a_bundle_is_the_same_each_time(client, repaired):
    first, second = (client.get(f"{repaired}/bundle.zip") for _ in range(2))
    assert first.data == second.data
    headers = {"If-None-Match": first.headers["ETag"]}
    assert client.get(f"{repaired}/bundle.zip", headers=headers).status_code == 304


def test_a_curve_is_told_point_by_point(client, held, job, repaired):
    point = {"channels_pruned": 1, "layer": "conv", "channel": 2, "select_accuracy": 0.5}
    with held.session() as session:
        row = session.get(Job, job["id"])
        row.reports = {"": {**row.reports[""], "pruning_curve": [point]}}
    assert client.get(f"{repaired}/series?name=prune_curve").get_json()["points"] == [point]
    table = client.get(f"{repaired}/series.csv").text
    assert table == "channels_pruned,layer,channel,select_accuracy\r\n1,conv,2,0.5\r\n"


def test_a_curve_that_there_is_not_is_refused(client, repaired):
    refused = client.get(f"{repaired}/series?name=learning")
    assert refused.get_json()["errors"][0]["pointer"] == "#/name"
