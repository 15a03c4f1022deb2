"""Messages go out signed, to a real receiver on this machine, and nowhere else."""

import http.server
import threading
from contextlib import contextmanager

import pytest
import standardwebhooks

from service import db, jobs, webhooks
from service.schemas import WebhookCreate
from service.settings import Settings
from service.tables import Delivery
from tests import factories
from worker import courier
from worker.courier import Courier


class Receiver(http.server.BaseHTTPRequestHandler):
    """Answers as it was told to, and keeps what it got."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append((dict(self.headers), body))
        self.server.has_got.set()
        self.send_response(self.server.status)
        self.send_header("location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
        self.end_headers()

    def log_message(self, *_):
        pass


@contextmanager
def receiving(status=204):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        server.got, server.status, server.has_got = [], status, threading.Event()
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def sending(settings):
    """A service that may send to this machine."""
    return Settings(
        state_folder=settings.state_folder, database_url=settings.database_url,
        webhook_hosts="127.0.0.1", webhook_private=True,
    )  # fmt: skip


def hooked(engine, sending, url):
    with db.session_scope(engine) as session:
        owner = factories.make_user(session)
        hook = webhooks.add(session, owner.id, WebhookCreate(url=url), sending)
        return owner, hook


def ended_job(engine, owner):
    with db.session_scope(engine) as session:
        job = factories.make_job(session, owner, name="lab 3")
        jobs.cancel(session, job.id)
        return job.id


def only(engine):
    with db.session_scope(engine) as session:
        (row,) = session.query(Delivery).all()
        return row


def test_the_receiver_can_tell_that_a_message_is_ours(engine, sending):
    with receiving() as receiver:
        owner, hook = hooked(engine, sending, f"http://127.0.0.1:{receiver.server_port}/hook")
        job_id = ended_job(engine, owner)
        courier.go_round(engine, sending)
    ((headers, body),) = receiver.got
    told = standardwebhooks.Webhook(hook.secret).verify(body, headers)
    assert (told["type"], told["data"]["id"]) == ("job.completed", job_id)
    assert only(engine).state == "delivered"


def test_a_message_that_was_changed_is_told_by_its_signature(engine, sending):
    with receiving() as receiver:
        owner, hook = hooked(engine, sending, f"http://127.0.0.1:{receiver.server_port}/hook")
        ended_job(engine, owner)
        courier.go_round(engine, sending)
    ((headers, body),) = receiver.got
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(hook.secret).verify(body.replace(b"lab 3", b"lab 4"), headers)


def test_a_redirect_is_not_followed(engine, sending):
    with receiving(302) as receiver:
        owner, _ = hooked(engine, sending, f"http://127.0.0.1:{receiver.server_port}/hook")
        ended_job(engine, owner)
        courier.go_round(engine, sending)
    assert len(receiver.got) == 1
    assert (only(engine).state, only(engine).error) == ("waiting", "the receiver answered 302")


def test_a_receiver_that_is_away_is_tried_again(engine, sending):
    with receiving() as receiver:
        url = f"http://127.0.0.1:{receiver.server_port}/hook"
    owner, _ = hooked(engine, sending, url)
    ended_job(engine, owner)
    courier.go_round(engine, sending)
    row = only(engine)
    assert (row.state, row.attempts, row.status) == ("waiting", 1, None)
    assert "ConnectError" in row.error


def test_nothing_reaches_this_machine_where_it_may_not(engine, sending):
    with receiving() as receiver:
        owner, _ = hooked(engine, sending, f"http://127.0.0.1:{receiver.server_port}/hook")
        ended_job(engine, owner)
        public = sending.model_copy(update={"webhook_private": False, "webhook_hosts": ("*",)})
        courier.go_round(engine, public)
    assert receiver.got == []
    assert only(engine).error == "127.0.0.1 is not a public address"


def test_a_host_that_is_no_longer_named_is_told_nothing(engine, sending):
    with receiving() as receiver:
        owner, _ = hooked(engine, sending, f"http://127.0.0.1:{receiver.server_port}/hook")
        ended_job(engine, owner)
        courier.go_round(engine, sending.model_copy(update={"webhook_hosts": ("ci.example",)}))
    assert receiver.got == []
    assert "any more" in only(engine).error


def test_the_thread_of_a_courier_sends_too(engine, sending):
    with receiving() as receiver, Courier(engine, sending):
        owner, _ = hooked(engine, sending, f"http://127.0.0.1:{receiver.server_port}/hook")
        ended_job(engine, owner)
        assert receiver.has_got.wait(10)
    assert len(receiver.got) == 1


def test_where_no_host_is_named_no_thread_begins(engine, settings):
    before = threading.active_count()
    with Courier(engine, settings):
        assert threading.active_count() == before
