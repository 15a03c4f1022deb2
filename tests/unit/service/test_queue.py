"""The Celery application and its one message."""

import time

import pytest

from service import errors, queue
from service.settings import Settings


@pytest.fixture
def app():
    made = queue.make_app(Settings(broker_url="memory://"))
    yield made
    made.close()


def test_a_message_is_the_id_of_a_job(app):
    queue.send(app, "gpu", "the id")
    with app.connection_for_read() as connection:
        message = connection.SimpleQueue("gpu").get_nowait()
    assert message.headers["task"] == queue.TASK
    assert message.payload[0] == ["the id"]


def test_nothing_in_the_broker_depends_on_how_long_a_job_runs(app):
    assert not app.conf.task_acks_late
    assert app.conf.task_ignore_result
    assert app.conf.accept_content == ["json"]
    assert app.conf.worker_prefetch_multiplier == 1


def test_a_worker_leaves_its_standard_output_alone(app):
    assert not app.conf.worker_redirect_stdouts
    assert not app.conf.worker_hijack_root_logger


@pytest.mark.parametrize(
    ("url", "disabled"), [("redis://somewhere", True), ("amqp://somewhere", False)]
)
def test_prefetch_is_switched_off_where_the_broker_can(url, disabled):
    app = queue.make_app(Settings(broker_url=url))
    assert app.conf.worker_disable_prefetch is disabled
    app.close()


@pytest.mark.parametrize(
    "url", ["redis://127.0.0.1:1/0", "redis+socket:///tmp/none.sock", "amqp://127.0.0.1:1//"]
)
def test_a_broker_that_is_away_is_told_within_two_seconds(url):
    app = queue.make_app(Settings(broker_url=url))
    started = time.monotonic()
    with pytest.raises(errors.QueueUnavailable):
        queue.send(app, "cpu", "the id")
    app.close()
    assert time.monotonic() - started < 2
