"""Jobs that are thrown away, and brought back."""


def test_a_job_in_the_trash_is_gone_until_it_is_restored(client, repaired):
    assert client.delete(repaired).status_code == 204
    gone = client.get(repaired)
    assert (gone.status_code, gone.get_json()["code"]) == (410, "gone")
    assert "/restore" in gone.get_json()["hint"]
    assert client.post(f"{repaired}/restore").get_json()["deleted_at"] is None
    assert client.get(repaired).status_code == 200


def test_a_job_that_goes_on_stays(client, job):
    refused = client.delete(f"/api/v1/jobs/{job['id']}")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "job-not-finished")


def test_a_purge_is_for_good_also_from_the_trash(client, repaired):
    client.delete(repaired)
    assert client.delete(f"{repaired}?purge=true").status_code == 204
    assert client.get(repaired).status_code == 404
    assert client.post(f"{repaired}/restore").status_code == 404


def test_a_job_of_somebody_else_is_not_there(other_client, repaired):
    assert other_client.delete(f"{repaired}0").status_code == 404


def test_its_files_are_gone_with_it(client, repaired):
    client.delete(repaired)
    assert client.get(f"{repaired}/artifacts").status_code == 410
    assert client.get(f"{repaired}/card").status_code == 410
