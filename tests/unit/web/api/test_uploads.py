"""Uploads: announced, received in parts, completed."""

import hashlib

import pytest

URL = "/api/v1/uploads"
CONTENT = b"0123456789" * 10
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def upload(client):
    """Address of an upload of 100 bytes, none of which has arrived."""
    answer = client.post(URL, json={"file_name": "a.h5", "n_bytes": 100})
    return answer.headers["Location"]


def _send(client, upload, content, *, at):
    return client.patch(upload, data=content, headers={"Upload-Offset": str(at)})


def _code(answer):
    return answer.status_code, answer.get_json()["code"]


def test_an_upload_is_announced(client):
    answer = client.post(URL, json={"file_name": "a.h5", "n_bytes": 100})
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "0")
    assert answer.get_json()["state"] == "receiving"
    assert client.get(answer.headers["Location"]).get_json() == answer.get_json()


def test_bytes_arrive_in_parts(client, upload):
    first = _send(client, upload, CONTENT[:60], at=0)
    second = _send(client, upload, CONTENT[60:], at=60)
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "60")
    assert second.headers["Upload-Offset"] == "100"


def test_head_says_where_to_go_on(client, upload):
    _send(client, upload, CONTENT[:60], at=0)
    answer = client.head(upload)
    assert (answer.headers["Upload-Offset"], answer.data) == ("60", b"")


def test_completing_names_the_hash(client, upload):
    _send(client, upload, CONTENT, at=0)
    answer = client.post(f"{upload}/complete", json={"sha256": SHA256})
    assert (answer.status_code, answer.get_json()["sha256"]) == (200, SHA256)
    assert answer.get_json()["state"] == "complete"


def test_completing_twice_is_no_error(client, upload):
    _send(client, upload, CONTENT, at=0)
    first, second = client.post(f"{upload}/complete"), client.post(f"{upload}/complete")
    assert first.get_json() == second.get_json()


def test_a_whole_file_can_be_put(client, upload):
    answer = client.put(upload, data=CONTENT)
    assert (answer.status_code, answer.get_json()["sha256"]) == (200, SHA256)


def test_the_same_file_is_kept_once(app, client):
    for _ in range(2):
        address = client.post(URL, json={"file_name": "a"}).headers["Location"]
        assert client.put(address, data=CONTENT).get_json()["sha256"] == SHA256
    assert len(list(app.extensions["netmend"].storage.iterate())) == 1


def test_bytes_for_another_place_are_refused_with_the_right_one(client, upload):
    _send(client, upload, CONTENT[:60], at=0)
    refused = _send(client, upload, CONTENT[50:], at=50)
    assert _code(refused) == (409, "upload-offset-mismatch")
    assert refused.headers["Upload-Offset"] == "60"
    assert refused.get_json()["details"] == {"expected": 60, "received": 50}


@pytest.mark.parametrize("given", [None, "", "-1", "x", "1.0", "9" * 30, "٣"])
def test_bytes_without_a_place_are_refused(client, upload, given):
    headers = {"Upload-Offset": given} if given is not None else {}
    assert _code(client.patch(upload, data=b"x", headers=headers)) == (422, "invalid-request")


def test_more_bytes_than_were_announced_are_not_read(client, upload):
    refused = _send(client, upload, CONTENT + b"x", at=0)
    assert _code(refused) == (413, "upload-too-large")
    assert client.head(upload).headers["Upload-Offset"] == "0"


def test_more_bytes_than_are_allowed_are_not_read(client):
    address = client.post(URL, json={"file_name": "a"}).headers["Location"]
    assert _code(client.put(address, data=b"x" * 1001)) == (413, "upload-too-large")


def test_what_will_be_too_large_is_refused_at_once(client):
    refused = client.post(URL, json={"file_name": "a", "n_bytes": 1001})
    assert _code(refused) == (413, "upload-too-large")


def test_an_upload_that_is_not_complete_cannot_be_completed(client, upload):
    _send(client, upload, CONTENT[:60], at=0)
    assert _code(client.post(f"{upload}/complete")) == (409, "upload-incomplete")


def test_other_bytes_than_the_checksum_says_are_refused(client, upload):
    _send(client, upload, CONTENT, at=0)
    refused = client.post(f"{upload}/complete", json={"sha256": "0" * 64})
    assert _code(refused) == (422, "checksum-mismatch")


def test_nothing_is_added_to_a_complete_upload(client, upload):
    client.put(upload, data=CONTENT)
    assert _code(_send(client, upload, b"", at=100)) == (409, "conflict")


@pytest.mark.parametrize("method", ["get", "patch", "put"])
def test_an_upload_that_is_not_there_is_not_found(client, method):
    address = f"{URL}/0190a0a0-0000-7000-8000-000000000000"
    headers = {"Upload-Offset": "0"}
    assert _code(getattr(client, method)(address, headers=headers)) == (404, "not-found")


@pytest.mark.parametrize("name", ["x", "1", "..", "%00", "'; DROP TABLE uploads", "0190a0a0"])
def test_what_is_no_id_is_not_found(client, name):
    assert client.get(f"{URL}/{name}").status_code in {404, 405}


def test_uploads_of_others_are_not_there(upload, other_client):
    assert _code(other_client.get(upload)) == (404, "not-found")
    assert _code(other_client.put(upload, data=b"x")) == (404, "not-found")


def test_a_full_disk_is_told(app, client, upload, monkeypatch):
    held = app.extensions["netmend"]
    greedy = held.settings.model_copy(update={"min_free_bytes": 2**62})
    monkeypatch.setitem(vars(held), "settings", greedy)
    assert _code(client.put(upload, data=CONTENT)) == (507, "insufficient-storage")


def test_an_upload_can_be_forgotten_and_what_it_became_stays(client, upload):
    upload_id = client.put(upload, data=bytes(100)).get_json()["id"]
    model = client.post("/api/v1/models", json={"upload_id": upload_id}).get_json()["id"]
    assert client.delete(upload).status_code == 204
    assert client.get(upload).status_code == 404
    assert client.get(f"/api/v1/models/{model}").status_code == 200


def test_an_upload_of_somebody_else_cannot_be_forgotten(other_client, client, upload):
    assert other_client.delete(upload).status_code == 404
    assert client.get(upload).status_code == 200
