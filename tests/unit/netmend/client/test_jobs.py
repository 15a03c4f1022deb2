import hashlib

import httpx
import pytest

from netmend.client import ProblemError, WaitTimedOut, errors
from service.schemas import ArtifactView
from tests.unit.netmend.client.conftest import FILE, ID, NOW


def test_a_file_is_downloaded_under_its_own_name(client, tmp_path):
    path = client.jobs.download(ID, _artifact("figures/curve.svg"), tmp_path)
    assert path == tmp_path / "figures" / "curve.svg"
    assert path.read_bytes() == FILE


def test_a_download_that_was_cut_off_goes_on_there(client, server, tmp_path):
    server.trouble = [lambda *_: httpx.Response(200, content=FILE[:5])]
    assert client.jobs.download(ID, _artifact("a"), tmp_path).read_bytes() == FILE
    assert server.requests[-1].headers["Range"] == "bytes=5-"


def test_a_file_that_arrives_damaged_is_not_kept(client, server, tmp_path):
    server.artifact = FILE[::-1]
    with pytest.raises(errors.WrongChecksum):
        client.jobs.download(ID, _artifact("a"), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_refused_download_leaves_nothing(client, server, tmp_path):
    server.send = lambda _: httpx.Response(404, text="no")
    with pytest.raises(ProblemError):
        client.jobs.download(ID, _artifact("a"), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../a", "/a", "a/../../b", "", "a\\b"])
def test_a_name_that_leads_out_of_the_folder_is_refused(client, tmp_path, name):
    with pytest.raises(errors.NotNetmend, match="no name for one"):
        client.jobs.download(ID, _artifact(name), tmp_path / "inner")


def test_events_come_once_and_in_order_until_the_end(client, server):
    server.trouble = [_events(1, 2), _events(), _events(3, is_final=True)]
    assert [event.seq for event in client.jobs.events(ID)] == [1, 2, 3]
    assert server.requests[-1].url.params["after"] == "2"


def test_a_wait_that_is_too_long_is_over(client, server):
    server.trouble = [_events()]
    with pytest.raises(WaitTimedOut, match="it goes on"):
        client.jobs.wait(ID, timeout_s=0)


def _events(*numbers, is_final=False):
    data = [{"seq": seq, "at": NOW, "type": "progress", "data": {}} for seq in numbers]
    last = numbers[-1] if numbers else 2
    return httpx.Response(200, json={"data": data, "last": last, "is_final": is_final})


def _artifact(name):
    sha256 = hashlib.sha256(FILE).hexdigest()
    return ArtifactView(name=name, n_bytes=len(FILE), sha256=sha256, created_at=NOW)
