"""Downloads of models are written down; looks are not."""

import flask
import pytest
import structlog.testing

from service import audit, errors
from service.audit import Thing
from web import auditing, services

THING = Thing("model", "m", "f" * 64)


def _delivered(app, *, method="GET", status=200):
    with app.test_request_context("/", method=method):
        return auditing.delivered(flask.Response(status=status), THING)


def _told(held):
    with held.session(read_only=True) as session:
        return [(event.action, event.sha256) for event in audit.newest(session, limit=9)]


def test_what_is_handed_out_is_written_down(app, held):
    _delivered(app)
    _delivered(app, status=206)
    assert _told(held) == [("model.download", "f" * 64)] * 2


@pytest.mark.parametrize("asked", [{"method": "HEAD"}, {"status": 304}, {"status": 416}])
def test_what_is_not_handed_out_is_not(app, held, asked):
    _delivered(app, **asked)
    assert _told(held) == []


def test_a_full_disk_keeps_nobody_from_their_results(app, monkeypatch):
    def full(**_):
        raise errors.InsufficientStorage("full")

    monkeypatch.setattr(services, "session", full)
    with structlog.testing.capture_logs() as logs:
        assert _delivered(app).status_code == 200
    assert [line["event"] for line in logs] == ["download not audited"]
