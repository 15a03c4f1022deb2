"""A service that is started for a while, and gone afterwards."""

import httpx
import pytest

from netmend.embedded import address, lock, passing
from netmend.embedded.errors import ProcessKeepsEnding


def test_it_answers_where_it_says_and_is_gone_afterwards(tmp_path, monkeypatch):
    # settings of the environment are not for this one; this would break it
    monkeypatch.setenv("NETMEND_DATABASE_URL", "postgresql://nobody@nowhere.invalid/none")
    with passing.service(tmp_path, retry_command="netmend demo") as service:
        server = service.wait_until_ready()
        assert httpx.get(f"{server.url}/healthz").status_code == 200
        assert f"netmend runs at {server.url}\n" in service.said()
    assert address.published(tmp_path) is None
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url)


def test_one_that_cannot_start_says_why(tmp_path):
    with (
        lock.held(tmp_path),
        passing.service(tmp_path, retry_command="netmend demo") as service,
        pytest.raises(ProcessKeepsEnding, match=r"did not start: .* already"),
    ):
        service.wait_until_ready()
