"""Users and whoever asks, over the API."""

import pytest

from service import accounts, audit


@pytest.fixture
def bob(client):
    return client.post("/api/v1/users", json={"name": "bob"}).get_json()


def test_a_new_user_gets_a_link(client, bob):
    assert (bob["name"], bob["role"]) == ("bob", "submitter")
    assert bob["welcome"].startswith("/welcome/nmt_")
    listed = client.get("/api/v1/users").get_json()["data"]
    assert [user["name"] for user in listed] == ["bob", "somebody"]
    assert "welcome" not in listed[0]


@pytest.mark.parametrize(
    "body", [{"name": ""}, {"name": "a\nb"}, {"name": "a", "role": "king"}, {}]
)
def test_what_is_no_user_is_refused(client, body):
    assert client.post("/api/v1/users", json=body).status_code == 422


def test_a_user_is_changed(client, bob):
    path = f"/api/v1/users/{bob['id']}"
    changed = client.patch(path, json={"role": "viewer", "disabled": True}).get_json()
    assert changed["role"] == "viewer"
    assert changed["disabled_at"]
    assert client.patch(path, json={"disabled": False}).get_json()["disabled_at"] is None


def test_the_last_admin_stays(client):
    me = client.get("/api/v1/me").get_json()
    refused = client.patch(f"/api/v1/users/{me['id']}", json={"role": "viewer"})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "conflict")


def test_whoever_asks_is_told_what_they_may(client, stranger):
    assert client.get("/api/v1/me").get_json()["quotas"]["bytes"] == {"used": 0, "most": None}
    theirs = stranger.get("/api/v1/me").get_json()
    assert (theirs["role"], theirs["scopes"]) == ("submitter", ["read", "submit"])
    assert theirs["quotas"]["open_jobs"] == {"used": 0, "most": 1000}
    assert theirs["rates"]["jobs"] == "1200/minute"


def test_what_was_done_is_written_down_with_who_did_it(client, held, inputs, job):
    with client.get(f"/api/v1/models/{inputs['model']}/content") as model:
        assert model.status_code == 200
    client.post(f"/api/v1/jobs/{job['id']}/cancel")
    with held.session(read_only=True) as session:
        events = audit.newest(session, limit=100)
        somebody = accounts.find_user(session, "somebody")
        assert audit.verify(session).wrong == {}
    done = [(event.actor, event.action, event.source) for event in events[-3:]]
    assert done == [
        (somebody.id, action, "127.0.0.1")
        for action in ("job.submit", "model.download", "job.cancel")
    ]
