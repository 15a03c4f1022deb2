import dataclasses
import xml.etree.ElementTree as ET

from core.report import bars


def _words(chart):
    return [text for text in ET.fromstring(chart.svg).itertext() if text.strip()]


def test_every_bar_says_its_value_and_its_number_of_images(report):
    words = _words(bars.chart(report))
    assert "99.9 %" in words
    assert words.count("n 900") == 12
    assert words.count("n 1,000") == 2


def test_bars_are_told_apart_by_words_not_by_colour_alone(report):
    words = _words(bars.chart(report))
    assert words.count("before") == words.count("after") == 10


def test_what_was_not_measured_is_hatched(unmeasured_report):
    chart = bars.chart(unmeasured_report)
    assert _words(chart).count("not measured") == 4
    assert "<pattern" in chart.svg


def test_a_measured_zero_is_not_hatched(report):
    attacks = (
        dataclasses.replace(report.after.attacks[2], robust_accuracy=report.after.attacks[2].floor),
    )
    both = dataclasses.replace(report.after, attacks=attacks)
    chart = bars.chart(dataclasses.replace(report, before=both, after=both))
    assert "0.0 %" in _words(chart)
    assert "<pattern" not in chart.svg


def test_a_long_name_is_shortened(report):
    attack = dataclasses.replace(report.before.attacks[0], name="a" * 200)
    both = dataclasses.replace(report.before, attacks=(attack,))
    words = _words(bars.chart(dataclasses.replace(report, before=both, after=both)))
    assert [len(word) for word in words if word.startswith("aaa")] == [44]


def test_the_caption_explains_the_hatching(report):
    assert "a hatched bar was not measured" in bars.chart(report).caption
