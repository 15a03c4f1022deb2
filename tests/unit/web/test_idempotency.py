"""Who asks twice with one key gets one thing and one answer."""

import pytest

URL = "/api/v1/uploads"


def _create(client, key="once", **body):
    body = body or {"file_name": "a.h5"}
    return client.post(URL, json=body, headers={"Idempotency-Key": key})


def test_the_second_answer_is_the_first_one(client):
    first, second = _create(client), _create(client)
    assert (second.status_code, second.data) == (first.status_code, first.data)
    assert second.headers["Location"] == first.headers["Location"]


def test_an_answer_that_was_given_before_says_so(client):
    assert "Idempotent-Replayed" not in _create(client).headers
    assert _create(client).headers["Idempotent-Replayed"] == "true"


def test_another_key_makes_another_thing(client):
    assert _create(client, "one").get_json()["id"] != _create(client, "two").get_json()["id"]


def test_a_key_belongs_to_one_request(client):
    _create(client, file_name="a.h5")
    refused = _create(client, file_name="b.h5")
    assert (refused.status_code, refused.get_json()["code"]) == (422, "idempotency-key-reused")


def test_after_an_error_the_key_may_be_used_again(client):
    assert _create(client, n_bytes=-1, file_name="a").status_code == 422
    assert _create(client, n_bytes=10, file_name="a").status_code == 201


def test_an_error_of_the_service_leaves_nothing_behind(client):
    assert _create(client, file_name="a", n_bytes=10**9).status_code == 413
    assert _create(client, file_name="b").status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "with space", "ümlaut"])
def test_a_key_that_is_none_is_refused(client, key):
    refused = _create(client, key)
    assert (refused.status_code, refused.get_json()["code"]) == (422, "invalid-request")


def test_keys_of_others_do_not_matter(app, client, other_client):
    mine, theirs = _create(client), _create(other_client)
    assert theirs.status_code == 201
    assert mine.get_json()["id"] != theirs.get_json()["id"]
