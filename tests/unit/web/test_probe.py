"""What a health check of the web server sees."""

import http.server
import threading

import pytest

from service.settings import Settings
from web import probe


@pytest.fixture
def server():
    """Answers with the status that it is told, and keeps the names it was called by."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            server.asked.append((self.path, self.headers["Host"]))
            self.send_response(server.status)
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.status, server.asked = 200, []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def settings(server, tmp_path, **changes):
    return Settings(state_folder=tmp_path, web_port=server.server_port, **changes)


def test_a_server_that_is_ready_is(server, tmp_path):
    assert probe.is_ready(settings(server, tmp_path))


def test_a_server_that_says_it_is_not_ready_is_not(server, tmp_path):
    server.status = 503
    assert not probe.is_ready(settings(server, tmp_path))


def test_a_server_that_is_not_there_is_not_ready(tmp_path):
    assert not probe.is_ready(Settings(state_folder=tmp_path, web_port=1))


def test_the_server_is_called_by_a_name_it_listens_to(server, tmp_path):
    probe.is_ready(
        settings(server, tmp_path, trusted_hosts="netmend.example.org", web_host="0.0.0.0")
    )
    probe.is_ready(settings(server, tmp_path, trusted_hosts="*"))
    assert server.asked == [("/readyz", "netmend.example.org"), ("/readyz", "localhost")]


def test_the_exit_code_tells(server, tmp_path, monkeypatch):
    monkeypatch.setenv("NETMEND_STATE_FOLDER", str(tmp_path))
    monkeypatch.setenv("NETMEND_WEB_PORT", str(server.server_port))
    assert probe.main() == 0
    server.status = 503
    assert probe.main() == 1
