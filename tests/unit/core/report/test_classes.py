import dataclasses
import xml.etree.ElementTree as ET

import pytest

from core.report import classes
from core.results import Evaluation


def _words(chart):
    return [text.strip() for text in ET.fromstring(chart.svg).itertext() if text.strip()]


@pytest.fixture
def many_classes(report, rate):
    before = {str(label): rate(9, 10) for label in range(1283)}
    after = {**before, "77": rate(0, 10), "78": rate(10, 10)}
    return dataclasses.replace(
        report,
        before=Evaluation(clean_accuracy=None, per_class=before),
        after=Evaluation(clean_accuracy=None, per_class=after),
    )


def test_few_classes_have_a_line_each(report):
    words = _words(classes.chart(report))
    assert next(word for word in words if word.startswith("class ")) == "class 1"
    assert sum(word.startswith("class ") for word in words) == 10


def test_of_many_classes_the_largest_losses_are_shown_and_all_are_counted(many_classes):
    words = _words(classes.chart(many_classes))
    assert sum(word.startswith("class ") for word in words) == 20
    assert "all 1,283 classes" in words


def test_the_table_has_every_class(many_classes):
    assert len(classes.chart(many_classes).table.rows) == 1283


def test_the_caption_counts_losers_gainers_and_the_emptied(many_classes):
    caption = classes.chart(many_classes).caption
    assert "of 1,283 classes 1 lost and 1 gained; 1 fell to 0 %" in caption


def test_the_caption_tells_what_became_of_the_worst_tenth(report):
    caption = classes.chart(report).caption
    assert caption.endswith("the worst tenth had 93.0 % and has 0.0 %.")


def test_classes_without_any_change_can_be_drawn(report):
    same = dataclasses.replace(report, after=report.before)
    assert "0 lost and 0 gained" in classes.chart(same).caption


def test_without_clean_test_images_there_is_no_figure(unmeasured_report):
    assert classes.chart(unmeasured_report) is None
