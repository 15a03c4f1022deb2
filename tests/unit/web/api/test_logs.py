"""The log of a job: its events as lines, then what its work wrote."""

from tests.unit.web.api.conftest import MADE


def test_what_happened_is_a_line_an_event(client, job):
    (line,) = client.get(f"/api/v1/jobs/{job['id']}/logs").text.splitlines()
    assert line.endswith("state state=queued")


def test_what_the_work_wrote_follows_once_the_job_has_ended(client, repaired):
    log = client.get(f"{repaired}/logs").data
    assert log.endswith(b"--- attempt 1\n" + MADE["log.txt"])
    assert b"state=succeeded" in log


def test_a_reader_goes_on_where_it_was(client, job):
    address = f"/api/v1/jobs/{job['id']}"
    size = client.get(f"{address}/logs").headers["Log-Size"]
    client.post(f"{address}/cancel")
    (line,) = client.get(f"{address}/logs?offset={size}").text.splitlines()
    assert "state=canceled" in line


def test_the_last_lines_can_be_had_alone(client, repaired):
    assert client.get(f"{repaired}/logs?tail=1").text == "last line\n"


def test_a_part_can_be_asked_for(client, repaired):
    whole = client.get(f"{repaired}/logs")
    part = client.get(f"{repaired}/logs", headers={"Range": "bytes=5-9"})
    assert (part.status_code, part.data) == (206, whole.data[5:10])
    assert whole.headers["Accept-Ranges"] == "bytes"


def test_what_is_no_part_is_refused(client, job):
    address = f"/api/v1/jobs/{job['id']}/logs"
    assert client.get(f"{address}?tail=0").status_code == 422
    assert client.get(address, headers={"Range": "bytes=99999-"}).status_code == 416
