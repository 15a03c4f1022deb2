"""The document describes every route, and the routes are what it describes."""

import json
import re
from pathlib import Path

import pytest

from web import openapi

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture
def document(client):
    return client.get("/api/v1/openapi.json").get_json()


def _routes(app):
    """What can be asked of the API; pages for people are no part of it."""
    of_the_api = ("api.", "system.")
    for rule in (item for item in app.url_map.iter_rules() if item.endpoint.startswith(of_the_api)):
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        yield from ((path, method) for method in rule.methods - {"HEAD", "OPTIONS"})


def _operations(document):
    for path, methods in document["paths"].items():
        yield from ((path, method.upper()) for method in methods)


def test_routes_and_document_are_the_same(app, document):
    assert sorted(_operations(document)) == sorted(_routes(app))


def test_the_documentation_lists_every_route(app):
    page = (REPOSITORY / "docs" / "api.md").read_text()
    rows = re.findall(r"^\| ([A-Z, ]+) `([^`]+)` \|", page, re.MULTILINE)
    listed = {(path, method) for methods, path in rows for method in methods.split(", ")}
    assert {item for item in listed if item[1] != "HEAD"} == set(_routes(app))


def test_it_is_openapi_3_1(document):
    assert document["openapi"].startswith("3.1.")
    assert document["info"]["title"] == "netmend"


def test_each_operation_has_a_name_of_its_own_and_a_sentence(document):
    operations = [item for methods in document["paths"].values() for item in methods.values()]
    names = [item["operationId"] for item in operations]
    assert len(set(names)) == len(names)
    assert [item["summary"] for item in operations if not item["summary"].endswith(".")] == []


def test_every_reference_leads_somewhere(document):
    references = set(re.findall(r'"\$ref": "#/components/schemas/([^"]+)"', json.dumps(document)))
    assert references <= set(document["components"]["schemas"])


def test_names_of_schemas_are_those_that_openapi_allows(document):
    names = document["components"]["schemas"]
    assert [name for name in names if not re.fullmatch(r"[A-Za-z0-9._-]+", name)] == []


def test_every_operation_tells_how_its_errors_look(document):
    operations = [item for methods in document["paths"].values() for item in methods.values()]
    kinds = {tuple(item["responses"]["default"]["content"]) for item in operations}
    assert kinds == {("application/problem+json",)}


def test_only_what_is_public_can_be_asked_without_a_token(app, document):
    public = [
        path
        for path, methods in document["paths"].items()
        if methods.get("get", {}).get("security") == []
    ]
    answers = {path: app.test_client().get(path.replace("{code}", "internal")) for path in public}
    assert {answer.status_code for answer in answers.values()} <= {200, 503}
    assert not [path for path in public if path.startswith("/api/v1/") and "openapi" not in path]


def test_headers_are_described(document):
    parameters = document["paths"]["/api/v1/jobs"]["post"]["parameters"]
    assert [(item["name"], item["in"]) for item in parameters] == [
        ("dry_run", "query"), ("Idempotency-Key", "header"), ("Prefer", "header"),
    ]  # fmt: skip


def test_bytes_streams_and_files_are_described(document):
    paths = document["paths"]
    chunk = paths["/api/v1/uploads/{upload_id}"]["patch"]
    events = paths["/api/v1/jobs/{job_id}/events"]["get"]
    file = paths["/api/v1/jobs/{job_id}/artifacts/{name}"]["get"]
    assert list(chunk["requestBody"]["content"]) == ["application/octet-stream"]
    assert set(events["responses"]["200"]["content"]) == {"application/json", "text/event-stream"}
    assert file["responses"]["206"]["content"] == {"*/*": {}}


def test_a_view_that_is_described_works_as_before():
    def view():
        return "answer"

    described = openapi.describe(openapi.Description(answers={200: None}, tag="test"))(view)
    assert described is view
