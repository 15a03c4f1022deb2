"""A log of any length stays small, and says so."""

import pytest

from core.children import Log


def filled(*chunks, half_bytes=10):
    log = Log(half_bytes=half_bytes)
    for chunk in chunks:
        log.add(chunk)
    return log


def test_a_short_log_is_kept_whole():
    assert filled(b"one\n", b"two\n").text() == "one\ntwo\n"


def test_of_a_long_log_the_beginning_and_the_end_are_kept():
    text = filled(*(b"%04d\n" % number for number in range(100))).text()
    assert text.startswith("0000\n0001\n")
    assert text.endswith("0098\n0099\n")
    assert "480 bytes left out" in text


@pytest.mark.parametrize("size", [1, 7, 50])
def test_it_never_holds_much_more_than_it_may(size):
    log = filled(*([b"x" * size] * 200))
    assert len(log.text()) < 20 + size + 50


def test_its_end_can_be_read():
    assert filled(b"abcdefghijklmnop", b"qrst").end(5) == "pqrst"


def test_what_is_no_text_is_shown_as_far_as_it_goes():
    assert filled(b"\xffok").text() == "\N{REPLACEMENT CHARACTER}ok"
