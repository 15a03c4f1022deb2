"""Whatever is sent, the answer is a problem that says what is wrong, never a failure of ours."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

BODIES = {
    "/api/v1/uploads": {"file_name": "a", "n_bytes": 1},
    "/api/v1/models": {"upload_id": "0" * 36, "name": "a", "architecture": "a"},
    "/api/v1/datasets": {"upload_id": "0" * 36, "role": "clean", "target_label": 0},
    "/api/v1/jobs": {
        "model": "0" * 36, "data": {"clean_validation": "0" * 36}, "method": "fine-tuning",
        "params": {"epochs": 1, "learning_rate": 0.1}, "seed": 0, "tags": ["a"], "name": "a",
        "max_accuracy_drops": [0.1], "gate": {"max_accuracy_drop": 0.1}, "n_classes": 2,
    },
}  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
_same_app_for_all = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def _expected(answer):
    return answer.status_code < 500 and (
        answer.status_code < 400 or answer.mimetype == "application/problem+json"
    )


@pytest.mark.parametrize("path", BODIES)
@_same_app_for_all
@given(data=st.data())
def test_a_body_with_one_field_of_nonsense_is_answered(client, path, data):
    body = dict(BODIES[path])
    body[data.draw(st.sampled_from(sorted(body)) | st.text())] = data.draw(VALUES)
    answer = client.post(path, data=json.dumps(body), content_type="application/json")
    assert _expected(answer), answer.text


@pytest.mark.parametrize("path", BODIES)
@_same_app_for_all
@given(body=st.binary() | VALUES.map(lambda value: json.dumps(value).encode()))
def test_a_body_of_nonsense_is_answered(client, path, body):
    answer = client.post(path, data=body, content_type="application/json")
    assert _expected(answer), answer.text


@_same_app_for_all
@given(
    name=st.sampled_from(["state", "tag", "q", "cursor", "limit", "created_after", "owner", "x"]),
    value=st.text() | st.integers().map(str) | st.datetimes().map(str),
)
def test_a_question_of_nonsense_is_answered(client, name, value):
    text = value.encode("utf-8", "replace").decode()
    assert _expected(client.get("/api/v1/jobs", query_string={name: text}))


@_same_app_for_all
@given(place=st.text(st.characters(max_codepoint=255, exclude_characters="\r\n")))
def test_headers_of_nonsense_are_answered(client, place):
    headers = {
        "Upload-Offset": place, "If-None-Match": place, "Range": place,
        "Last-Event-ID": place, "Idempotency-Key": place, "X-Request-Id": place, "Accept": place,
        "Content-Type": place,
    }  # fmt: skip
    assert _expected(client.post("/api/v1/uploads", data=b"{}", headers=headers))
    assert _expected(client.get("/api/v1/methods", headers=headers))
    nothing = "/api/v1/jobs/0190a0a0-0000-7000-8000-000000000000"
    assert _expected(client.patch(nothing, json={}, headers={"If-Match": place}))
