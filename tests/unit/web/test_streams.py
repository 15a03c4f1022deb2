"""Server-sent events: in the words of the standard, resumed, and never too many."""

import itertools
import socket

import flask
import pytest

from web import errors, streams
from web.streams import Message, Streams


@pytest.fixture(autouse=True)
def context(monkeypatch):
    monkeypatch.setattr(streams, "_LOOK_S", 0.0)
    with flask.Flask("test").test_request_context("/"):
        yield


def _messages(after):
    return [Message(seq=n, kind="progress", data=f'{{"n":{n}}}') for n in range(after + 1, 4)]


def _ended(after):
    return _messages(after), False


def test_a_message_is_written_as_the_standard_says():
    assert Message(seq=4, kind="state", data="{}").encode() == b"id: 4\nevent: state\ndata: {}\n\n"


def test_a_stream_begins_with_how_long_to_wait_before_coming_back():
    assert Streams(at_most=1).answer(_ended, after=0).get_data().startswith(b"retry: 2000\n\n")


@pytest.mark.parametrize(("after", "seen"), [(0, 3), (2, 1), (3, 0)])
def test_a_stream_goes_on_after_what_the_client_has(after, seen):
    assert Streams(at_most=1).answer(_ended, after=after).get_data().count(b"data:") == seen


def test_a_stream_stays_open_while_more_may_come():
    looks = iter([([], True), (_messages(1), True), ([], True), ([], False)])
    told = Streams(at_most=1).answer(lambda _after: next(looks), after=1).get_data()
    assert told.count(b"data:") == 2
    assert next(looks, None) is None


def test_a_quiet_stream_carries_comments(monkeypatch):
    monkeypatch.setattr(streams, "_COMMENT_S", -1.0)
    looks = itertools.chain([([], True)] * 2, [([], False)])
    assert Streams(at_most=1).answer(lambda _: next(looks), after=0).get_data().count(b"\n: ") == 2


def test_a_stream_ends_after_its_time(monkeypatch):
    monkeypatch.setattr(streams, "_STREAM_S", 0.0)
    told = Streams(at_most=1).answer(lambda _after: ([], True), after=0).get_data()
    assert told == b"retry: 2000\n\n"


def test_one_stream_too_many_is_refused():
    open_streams = Streams(at_most=2)
    _held = [open_streams.answer(_ended, after=0) for _ in range(2)]
    with pytest.raises(errors.TooManyStreams):
        open_streams.answer(_ended, after=0)


def test_a_closed_stream_makes_room_for_another():
    open_streams = Streams(at_most=1)
    open_streams.answer(_ended, after=0).close()
    open_streams.answer(_ended, after=0).close()


@pytest.fixture
def connection():
    """Both ends: the client's, and the one that the server gives to the application."""
    theirs, ours = socket.socketpair()
    with theirs, ours, flask.Flask("test").test_request_context("/") as context:
        context.request.environ["gunicorn.socket"] = ours
        yield theirs


def test_a_stream_ends_when_the_client_hangs_up(connection):
    parts = iter(Streams(at_most=1).answer(lambda _after: ([], True), after=0).response)
    assert next(parts).startswith(b"retry:")
    connection.close()
    assert list(parts) == []


def test_a_stream_goes_on_while_the_client_listens(connection):
    connection.send(b"GET /next")
    assert Streams(at_most=1).answer(_ended, after=0).get_data().count(b"data:") == 3


def test_who_waits_is_told_when_it_is_over(app):
    looks = iter([False, True])
    with app.test_request_context("/"):
        assert Streams(at_most=1).wait(lambda: next(looks), at_most_s=5, look_s=0)


def test_a_wait_ends_in_time(app):
    with app.test_request_context("/"):
        assert not Streams(at_most=1).wait(lambda: False, at_most_s=0.01)


def test_who_waits_takes_the_place_of_a_stream(app):
    streams = Streams(at_most=1)
    with app.test_request_context("/"), streams.room() as has_room:
        assert has_room
        assert not streams.wait(lambda: True, at_most_s=5)
