"""What gunicorn says of itself is a line like any other."""

import json
import logging

import pytest
import structlog
from gunicorn.config import Config

from web.server_log import ServerLog


@pytest.fixture
def logged(capsys, monkeypatch):
    """Takes what has been logged; logging is put back as it was afterwards."""
    monkeypatch.setenv("NETMEND_LOG_FORMAT", "json")
    root, names = logging.getLogger(), ("gunicorn.error", "gunicorn.access")
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()  # else `configure` closes those of pytest
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in names:
        logging.getLogger(name).handlers.clear()
    structlog.reset_defaults()


def test_a_message_of_the_server_is_logged_once_in_our_form(logged):
    ServerLog(Config()).info("Listening at: %s (%s)", "http://127.0.0.1:8400", 7)
    (line,) = logged()
    assert line["event"] == "Listening at: http://127.0.0.1:8400 (7)"
    assert (line["process"], line["logger"]) == ("web", "gunicorn.error")


def test_a_configuration_that_is_read_again_logs_no_line_twice(logged):
    log = ServerLog(Config())
    log.setup(Config())
    log.warning("once")
    assert [line["event"] for line in logged()] == ["once"]
