import httpx
import pytest

from netmend.client import Client, ProblemError, ServerUnreachable, errors
from tests.unit.netmend.client.conftest import ID, problem


def test_a_refusal_has_code_status_message_and_hint(client, server):
    server.trouble = [problem(409, "conflict", "it is not ready", hint="wait")]
    with pytest.raises(ProblemError) as refusal:
        client.jobs.get(ID)
    error = refusal.value
    assert (error.code, error.status) == ("conflict", 409)
    assert (error.message, error.hint) == ("it is not ready", "wait")


def test_what_the_client_knows_comes_before_the_hint(client):
    with pytest.raises(ProblemError) as refusal:
        client.jobs.get(ID)
    assert (refusal.value.hint, refusal.value.is_mendable) == (None, True)


@pytest.mark.parametrize("status", [401, 403, 500, 503])
def test_a_token_or_a_server_is_nothing_to_mend_in_the_request(client, server, status):
    server.trouble = [problem(status, "x", "x")] * 3
    with pytest.raises(ProblemError) as refusal:
        client.jobs.get(ID)
    assert not refusal.value.is_mendable


def test_a_server_that_is_away_for_a_moment_is_asked_again(client, server):
    server.trouble = [httpx.ConnectError("refused"), httpx.Response(503)]
    assert client.uploads.get(ID).id == ID
    assert len(server.requests) == 3


def test_a_post_that_is_sent_again_has_the_same_key(client, server, tmp_path):
    (tmp_path / "a").write_bytes(b"")
    server.trouble = [httpx.ReadError("cut")]
    client.uploads.send(tmp_path / "a")
    first, second, _ = (request.headers["Idempotency-Key"] for request in server.requests)
    assert first == second


def test_a_server_that_stays_away_is_unreachable(client, server):
    server.trouble = [httpx.ConnectError("refused")] * 3
    with pytest.raises(ServerUnreachable, match="http://server does not answer: refused"):
        client.uploads.get(ID)


@pytest.mark.parametrize("answer", [httpx.Response(404, text="no"), httpx.Response(200, text="no")])
def test_another_program_is_recognized(client, server, answer):
    server.trouble = [answer]
    with pytest.raises(errors.NotNetmend):
        client.jobs.get(ID)


@pytest.mark.parametrize("url", ["nonsense", "ftp://server", "http://[", "http://server:x"])
def test_what_is_no_address_is_unreachable(url):
    with pytest.raises(ServerUnreachable), Client(url, None) as client:
        client._server.pauses_s = ()
        client.check()


def test_the_token_goes_with_each_request(client, server):
    client.uploads.get(ID)
    assert server.requests[0].headers["Authorization"] == "Bearer token"
