"""Files that come in a form: complete uploads, or nothing."""

import io

import pytest

URL = "/api/v1"


def files_in(settings):
    folder = settings.upload_folder
    return [path.name for path in folder.iterdir()] if folder.exists() else []


def send(client, path, content=b"content", field="file", **fields):
    return client.post(f"{URL}/{path}", data={field: (io.BytesIO(content), "bad net.h5"), **fields})


def test_a_file_is_complete_at_once(client, held):
    answer = send(client, "uploads")
    view = answer.get_json()
    assert (answer.status_code, view["state"], view["n_bytes"]) == (201, "complete", 7)
    assert view["file_name"] == "bad net.h5"
    with held.storage.open(view["sha256"]) as stream:
        assert stream.read() == b"content"


def test_a_file_becomes_a_model_or_data_set_with_what_the_form_says(client):
    model = send(client, "models", architecture="deepid-1283")
    dataset = send(client, "datasets", role="poisoned", target_label="3", name="")
    assert (model.status_code, dataset.status_code) == (202, 202)
    assert model.get_json()["options"]["architecture"] == "deepid-1283"
    assert dataset.get_json()["options"]["target_label"] == 3
    assert dataset.get_json()["name"] == "bad net.h5"


@pytest.mark.parametrize("fields", [{"role": "nice"}, {"colour": "red"}])
def test_of_a_form_that_does_not_fit_nothing_stays(client, settings, fields):
    refused = send(client, "datasets", **fields)
    assert refused.get_json()["errors"][0]["pointer"] == f"#/{next(iter(fields))}"
    assert files_in(settings) == []
    assert client.get(f"{URL}/datasets").get_json()["data"] == []


def test_too_large_a_file_is_refused_and_nothing_of_it_stays(client, settings):
    refused = send(client, "uploads", b"x" * 1001)
    assert (refused.status_code, refused.get_json()["code"]) == (413, "upload-too-large")
    assert files_in(settings) == []


def test_a_form_needs_a_file(client):
    refused = send(client, "uploads", field="other")
    assert refused.get_json()["errors"][0]["pointer"] == "#/other"


def test_one_file_is_enough(client):
    twice = {"file": [(io.BytesIO(b"a"), "a"), (io.BytesIO(b"b"), "b")]}
    refused = client.post(f"{URL}/uploads", data=twice)
    assert "at most 1" in refused.get_json()["detail"]


def test_a_name_that_is_no_text_is_shown_as_far_as_it_goes(client):
    file = (io.BytesIO(b"a"), "../\x07bad.h5")
    answer = client.post(f"{URL}/uploads", data={"file": file})
    assert answer.get_json()["file_name"] == "../bad.h5"
