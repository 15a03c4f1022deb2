"""Models: added from uploads, listed, deleted."""

URL = "/api/v1/models"


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
    first, second = _add(client, upload), _add(client, upload, architecture="deepid-1283")
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


def test_a_model_of_weights_names_its_architecture(client, upload):
    model = _add(client, upload, architecture="deepid-1283").get_json()
    assert model["options"]["architecture"] == "deepid-1283"


def _id(inputs):
    return inputs["model"]
