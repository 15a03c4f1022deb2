"""What is logged can be read by people or programs, and holds no secrets."""

import json
import logging

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from service import logs
from service.settings import Settings

WORD = st.text("abcdefghijklmnopqrstuvwxyz0123456789%._~-", min_size=1)


@pytest.fixture
def logged(capsys):
    """Takes what has been logged; logging is put back as it was afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    structlog.contextvars.clear_contextvars()
    root.handlers.clear()  # else `configure` closes those of pytest
    yield lambda: capsys.readouterr().err
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def lines(logged):
    return [json.loads(line) for line in logged().splitlines()]


def test_each_line_for_programs_is_json_with_what_is_known(logged):
    logs.configure(Settings(log_format="json"), process="worker")
    with structlog.contextvars.bound_contextvars(job_id="j", attempt=2):
        structlog.get_logger("here").info("job claimed", kind="repair")
    (line,) = lines(logged)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "job claimed", "kind": "repair", "job_id": "j", "attempt": 2,
        "process": "worker", "level": "info", "logger": "here",
    }  # fmt: skip


def test_what_libraries_log_has_the_same_form(logged):
    logs.configure(Settings(log_format="json"), process="web")
    with structlog.contextvars.bound_contextvars(request_id="r"):
        logging.getLogger("celery.worker").warning("lost %s", "it", extra={"times": 3})
    (line,) = lines(logged)
    assert (line["event"], line["times"], line["request_id"]) == ("lost it", 3, "r")


def test_a_trace_is_one_line_for_programs_and_shows_no_locals(logged):
    logs.configure(Settings(log_format="json"))
    hidden = "what a local variable holds"
    try:
        raise ValueError
    except ValueError:
        structlog.get_logger().exception("failed")
    text = logged()
    assert "ValueError" in json.loads(text)["exception"]
    assert hidden not in text


def test_lines_for_people_begin_with_the_time(logged):
    logs.configure(Settings(log_format="text"))
    structlog.get_logger("here").warning("job lost", job_id="j")
    text = logged()
    assert text[:2] == "20"
    assert "[warning  ] job lost [here] job_id=j" in text


def test_what_is_below_the_level_is_not_logged(logged):
    logs.configure(Settings(log_level="warning"))
    structlog.get_logger().info("nothing")
    logging.getLogger("celery").info("nothing")
    assert logged() == ""


def test_libraries_that_tell_every_packet_are_not_asked_to(logged):
    logs.configure(Settings(log_level="debug"))
    logging.getLogger("botocore.auth").debug("Authorization: AWS4-HMAC-SHA256")
    assert logged() == ""


def test_the_last_call_counts(logged):
    logs.configure(Settings(log_format="json"), process="worker")
    logs.configure(Settings(log_format="json"), process="worker", worker="w")
    structlog.get_logger().info("once")
    assert [line["worker"] for line in lines(logged)] == ["w"]


def test_tokens_and_passwords_do_not_get_into_the_log(logged):
    logs.configure(Settings(log_format="json"))
    log = structlog.get_logger()
    log.info("url", url="postgresql+psycopg://netmend:s3cret@database/netmend", token="nmt_ab.cd_E")
    logging.getLogger("celery").info("Connected to %s", "redis://:s3cret@broker:6379/0")
    text = logged()
    assert "s3cret" not in text
    assert "ab.cd_E" not in text
    assert "netmend:***@database" in text


@given(scheme=WORD, user=WORD, password=WORD, host=WORD)
def test_no_password_of_an_address_is_left(scheme, user, password, host):
    hidden = logs.hide_secrets(f"{scheme}://{user}:{password}@{host}")
    assert hidden == f"{scheme}://{user}:***@{host}"


@given(st.text("abc :/?!", max_size=40))
def test_text_without_secrets_stays_as_it_is(text):
    assert logs.hide_secrets(text) == text
