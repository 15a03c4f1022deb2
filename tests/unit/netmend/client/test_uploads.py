import httpx
import pytest

from core.errors import UnreadableFile
from netmend.client import ProblemError, ServerUnreachable, errors
from tests.unit.netmend.client.conftest import ID, problem

BYTES = bytes(range(25))


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "model.h5"
    path.write_bytes(BYTES)
    return path


def test_a_file_arrives_in_parts(client, server, file):
    heard = []
    upload = client.uploads.send(file, on_bytes=lambda *numbers: heard.append(numbers))
    assert (upload.state, server.bytes) == ("complete", BYTES)
    assert heard == [(0, 25), (10, 25), (20, 25), (25, 25)]


def test_an_empty_file_arrives_too(client, server, file):
    file.write_bytes(b"")
    assert client.uploads.send(file).state == "complete"


def test_a_part_that_was_cut_off_is_sent_from_where_it_was(client, server, file):
    def cut(server, request):
        server.bytes += request.content[:4]
        raise httpx.ReadError("cut")

    server.trouble = [None, cut]
    client.uploads.send(file)
    assert server.bytes == BYTES


def test_the_word_of_the_server_counts_for_the_offset(client, server, file):
    server.bytes = BYTES[:15]
    client.uploads.send(file)
    assert server.bytes == BYTES


def test_an_upload_that_was_begun_earlier_goes_on(client, server, file):
    server.bytes = BYTES[:20]
    client.uploads.send(file, resume=ID)
    assert server.bytes == BYTES
    assert [request.method for request in server.requests] == ["GET", "PATCH", "POST"]


def test_an_upload_that_never_gets_on_is_given_up(client, server, file):
    server.append = lambda _: httpx.Response(503)
    with pytest.raises(ServerUnreachable, match="stays at 0 of 25 bytes"):
        client.uploads.send(file)


def test_a_refusal_ends_the_upload(client, server, file):
    server.append = lambda _: problem(507, "insufficient-storage", "full")
    with pytest.raises(ProblemError, match="full"):
        client.uploads.send(file)


def test_a_file_that_changed_meanwhile_is_told_of(client, server, file):
    server.bytes = b"something else"
    with pytest.raises(errors.FileChanged):
        client.uploads.send(file)


def test_a_file_that_is_not_there_is_refused_before_any_request(client, server, tmp_path):
    with pytest.raises(UnreadableFile):
        client.uploads.send(tmp_path / "none")
    assert server.requests == []
