"""Who may ask, and what every answer carries."""

import pytest


@pytest.mark.parametrize("method", ["get", "post"])
def test_without_a_token_nothing_is_answered(app, method):
    answer = getattr(app.test_client(), method)("/api/v1/jobs")
    assert (answer.status_code, answer.get_json()["code"]) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="netmend"'


@pytest.mark.parametrize(
    "given", ["Bearer", "Bearer x", "Basic Zm9vOmJhcg==", "Bearer nmt_\x7f.x", "bearer nmt_é.é", ""]
)
def test_what_is_no_token_of_ours_is_refused(app, given):
    answer = app.test_client().get("/api/v1/jobs", headers={"Authorization": given})
    assert answer.status_code == 401


def _status(app, token, method, path):
    headers = {"Authorization": f"Bearer {token}"}
    return getattr(app.test_client(), method)(path, headers=headers).status_code


def test_reading_needs_the_scope_read(app, tokens):
    assert _status(app, tokens["read"], "get", "/api/v1/jobs") == 200
    assert _status(app, tokens["submit"], "get", "/api/v1/jobs") == 403


def test_making_needs_the_scope_submit(app, tokens):
    assert _status(app, tokens["read"], "post", "/api/v1/jobs") == 403
    assert _status(app, tokens["submit"], "post", "/api/v1/jobs") == 415


def test_admin_may_do_everything(app, tokens):
    assert _status(app, tokens["admin"], "get", "/api/v1/jobs") == 200
    assert _status(app, tokens["admin"], "post", "/api/v1/jobs") == 415


@pytest.mark.parametrize("path", ["/healthz", "/nowhere", "/api/v1/jobs"])
def test_every_answer_carries_the_security_headers(app, path):
    headers = app.test_client().get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"


def test_an_id_of_the_request_comes_back(client):
    asked = client.get("/healthz", headers={"X-Request-Id": "from-the-proxy.1"})
    assert asked.headers["X-Request-Id"] == "from-the-proxy.1"


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "<script>"])
def test_an_id_that_could_do_harm_is_replaced(client, given):
    asked = client.get("/healthz", headers={"X-Request-Id": given})
    assert len(asked.headers["X-Request-Id"]) == 36


def test_a_host_that_is_not_ours_is_refused(client):
    answer = client.get("/healthz", headers={"Host": "evil.example"})
    assert (answer.status_code, answer.get_json()["code"]) == (400, "malformed-request")


def test_only_over_https_is_https_demanded(client):
    assert "Strict-Transport-Security" not in client.get("/healthz").headers
    over_https = client.get("/healthz", base_url="https://localhost")
    assert "Strict-Transport-Security" in over_https.headers


def test_a_body_that_is_too_large_is_not_read(client):
    answer = client.post("/api/v1/jobs", data=b" " * 2**21, content_type="application/json")
    assert (answer.status_code, answer.get_json()["code"]) == (413, "upload-too-large")
