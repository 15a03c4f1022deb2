"""Webhooks over HTTP: made, seen, tried and forgotten."""

import pytest

URL = "https://ci.example/hook"


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"webhook_hosts": ("ci.example",)})


@pytest.fixture
def hook(client):
    return client.post("/api/v1/webhooks", json={"url": URL}).get_json()


def test_the_secret_is_told_once(client):
    made = client.post("/api/v1/webhooks", json={"url": URL})
    assert (made.status_code, made.headers["Location"]) == (
        201, f"/api/v1/webhooks/{made.get_json()['id']}",
    )  # fmt: skip
    assert made.get_json()["secret"].startswith("whsec_")
    assert "secret" not in client.get(made.headers["Location"]).get_json()
    (listed,) = client.get("/api/v1/webhooks").get_json()["data"]
    assert (listed["url"], "secret" in listed) == (URL, False)


@pytest.mark.parametrize("url", ["https://elsewhere.example/", "http://ci.example/"])
def test_an_address_that_is_not_allowed_is_refused(client, url):
    answer = client.post("/api/v1/webhooks", json={"url": url})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "webhook-refused")


def test_a_message_is_asked_for_and_listed(client, hook):
    address = f"/api/v1/webhooks/{hook['id']}"
    sent = client.post(f"{address}/ping")
    assert (sent.status_code, sent.get_json()["state"]) == (202, "waiting")
    (listed,) = client.get(f"{address}/deliveries").get_json()["data"]
    assert (listed["id"], listed["event"]) == (sent.get_json()["id"], "ping")


def test_what_is_on_its_way_is_not_sent_twice(client, hook):
    sent = client.post(f"/api/v1/webhooks/{hook['id']}/ping").get_json()
    assert client.post(f"/api/v1/deliveries/{sent['id']}/redeliver").status_code == 409


def test_a_webhook_that_was_removed_is_gone(client, hook):
    address = f"/api/v1/webhooks/{hook['id']}"
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404
