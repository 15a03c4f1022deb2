"""Data sets: added from uploads, listed, deleted."""

import pytest

URL = "/api/v1/datasets"


def _add(client, upload, **body):
    return client.post(URL, json={"upload_id": upload, **body})


def test_a_new_one_is_checked_before_it_can_be_used(client, upload):
    added = _add(client, upload, name="mine")
    view = added.get_json()
    assert (added.status_code, view["state"], view["name"]) == (202, "checking", "mine")
    assert added.headers["Location"] == f"{URL}/{view['id']}"
    job = client.get(f"/api/v1/jobs/{view['intake_job_id']}").get_json()
    assert (job["kind"], job["queue"], job["state"]) == ("intake", "quick", "queued")


def test_it_is_ready_once_it_was_checked(client, inputs):
    view = client.get(f"{URL}/{_id(inputs)}").get_json()
    assert (view["state"], view["facts"]) == ("ready", {"n_classes": 4})


def test_the_same_bytes_declared_alike_are_the_same_thing(client, send):
    first, second = (_add(client, send(b"same"), name=name) for name in ("one", "two"))
    assert (first.status_code, second.status_code) == (202, 200)
    assert second.get_json() == first.get_json()


def test_the_same_bytes_declared_otherwise_are_another_thing(client, upload):
    first, second = _add(client, upload), _add(client, upload, role="poisoned")
    assert (second.status_code, first.get_json()["id"] != second.get_json()["id"]) == (202, True)


def test_an_upload_that_is_not_complete_is_refused(client):
    upload = client.post("/api/v1/uploads", json={"file_name": "a"}).get_json()["id"]
    refused = _add(client, upload)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "upload-incomplete")


def test_an_upload_of_somebody_else_is_not_there(other_client, upload):
    refused = _add(other_client, upload)
    assert (refused.status_code, refused.get_json()["code"]) == (404, "not-found")


def test_fields_that_are_not_known_are_refused(client, upload):
    refused = _add(client, upload, colour="red")
    assert refused.get_json()["errors"][0]["pointer"] == "#/colour"


def test_a_list_comes_in_pages_newest_first(client, send):
    ids = [_add(client, send(content)).get_json()["id"] for content in (b"a", b"b", b"c")]
    first = client.get(f"{URL}?limit=2")
    second = client.get(first.headers["Link"].partition(">")[0].removeprefix("<"))
    pages = [[item["id"] for item in page.get_json()["data"]] for page in (first, second)]
    assert pages == [ids[:0:-1], ids[:1]]
    assert "Link" not in second.headers


def test_what_is_deleted_is_gone(client, inputs):
    assert client.delete(f"{URL}/{_id(inputs)}").status_code == 204
    assert client.get(f"{URL}/{_id(inputs)}").status_code == 404
    assert client.delete(f"{URL}/{_id(inputs)}").get_json()["code"] == "not-found"


def test_what_a_job_needs_stays(client, inputs, job):
    refused = client.delete(f"{URL}/{_id(inputs)}")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "resource-in-use")
    assert refused.get_json()["details"]["jobs"] == [job["id"]]


def test_what_poisoned_labels_mean_is_declared(client, upload):
    dataset = _add(client, upload, role="poisoned", labels="original", target_label=0).get_json()
    assert dataset["options"]["labels"] == "original"
    assert dataset["options"]["target_label"] == 0


def test_a_role_that_there_is_not_is_refused(client, upload):
    refused = _add(client, upload, role="nice")
    assert refused.get_json()["errors"][0]["pointer"] == "#/role"


def _id(inputs):
    return inputs["data"]["clean_validation"]


def test_what_people_say_about_it_can_be_changed(client, inputs):
    address = f"{URL}/{_id(inputs)}"
    etag = client.get(address).headers["ETag"]
    changes = {"name": "faces", "tags": ["a", "b"], "notes": "from Ann"}
    edited = client.patch(address, json=changes, headers={"If-Match": etag})
    assert {key: edited.get_json()[key] for key in changes} == changes
    assert edited.headers["ETag"] == client.get(address).headers["ETag"]


def test_an_edit_of_what_somebody_else_has_changed_is_refused(client, inputs):
    address = f"{URL}/{_id(inputs)}"
    stale = {"If-Match": client.get(address).headers["ETag"]}
    client.patch(address, json={"name": "first"}, headers=stale)
    refused = client.patch(address, json={"name": "second"}, headers=stale)
    assert (refused.status_code, refused.get_json()["code"]) == (412, "precondition-failed")
    assert client.patch(address, json={"name": "x"}).status_code == 428


def test_a_name_cannot_be_taken_away(client, inputs):
    address = f"{URL}/{_id(inputs)}"
    headers = {"If-Match": client.get(address).headers["ETag"]}
    assert client.patch(address, json={"name": None}, headers=headers).status_code == 422


@pytest.mark.parametrize(
    ("query", "n"),
    [
        ("role=poisoned", 1), ("role=clean", 2), ("q=sun+GLASSES", 1), ("q=%25", 0),
        ("state=ready", 1), ("state=ready&state=checking", 3), (f"sha256={'0' * 64}", 0),
    ],
)  # fmt: skip
def test_a_list_can_be_narrowed(client, inputs, upload, *, query, n):
    _add(client, upload, name="Sunglasses", role="poisoned")
    _add(client, upload, name="moustache", layout="NCHW")
    assert len(client.get(f"{URL}?{query}").get_json()["data"]) == n


def test_tags_are_found_whole(client, inputs):
    address = f"{URL}/{_id(inputs)}"
    headers = {"If-Match": client.get(address).headers["ETag"]}
    client.patch(address, json={"tags": ["lab 3"]}, headers=headers)
    found = [len(client.get(f"{URL}?tag={tag}").get_json()["data"]) for tag in ("lab 3", "lab")]
    assert found == [1, 0]


def test_the_file_that_was_uploaded_comes_back(client, inputs):
    answer = client.get(f"{URL}/{_id(inputs)}/content", buffered=True)
    assert (answer.data, answer.mimetype) == (b"content", "application/octet-stream")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    headers = {"Range": "bytes=3-"}
    part = client.get(f"{URL}/{_id(inputs)}/content", headers=headers, buffered=True)
    assert (part.status_code, part.data) == (206, b"tent")
