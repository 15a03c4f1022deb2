"""How the templates say things."""

from web.pages import rendering


def test_advice_is_set_as_code_between_backticks_and_is_text_elsewhere():
    assert rendering.coded("set `clip_norm` < 1") == "set <code>clip_norm</code> &lt; 1"


def test_a_reason_begins_with_a_capital_and_a_file_with_its_name():
    said = [rendering.sentence(text) for text in ("the attack", "bad.h5 holds weights")]
    assert said == ["The attack", "bad.h5 holds weights"]


def test_a_time_names_no_part_that_is_nothing():
    said = [rendering.duration(seconds) for seconds in (0.4, 12, 60, 185, 7200, 7800)]
    assert said == ["0.4 s", "12 s", "1 min", "3 min 5 s", "2 h", "2 h 10 min"]


def test_a_time_that_somebody_expects_is_said_without_a_fraction():
    said = [rendering.roughly(seconds) for seconds in (0.2, 4.4, 12, 185)]
    assert said == ["1 s", "4 s", "12 s", "3 min 5 s"]


def test_the_name_of_a_file_goes_on_in_the_next_line_after_an_underscore_and_stays_text():
    assert rendering.breakable("bad_<net>.h5") == "bad_<wbr>&lt;net&gt;.h5"


def test_a_document_is_named_where_it_lies():
    assert rendering.coded("[api.md](api.md) says") == "<code>docs/api.md</code> says"
