"""What of the reports goes into columns."""

import pytest

from service.jobs import figures
from tests import factories

make = factories.make_report


def test_without_reports_there_is_no_headline():
    assert figures.headline({}, []) == {}


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (make(verdict="partial", attack=0.5), make(verdict="not_repaired", attack=0.1)),
        (make(attack=0.01, accuracy=0.9), make(attack=0.02, accuracy=0.95)),
        (make(accuracy=0.96), make(accuracy=0.95)),
    ],
    ids=["verdict", "attack", "accuracy"],
)
def test_the_better_report_makes_the_headline(better, worse):
    found = figures.headline({"a": worse, "b": better}, ["b/repaired.h5"])
    assert found["clean_accuracy_after"] == better.after.clean_accuracy.value
    assert found["repaired_model_path"] == "b/repaired.h5"


def test_a_repaired_model_that_was_not_kept_has_no_path():
    assert figures.headline({"": make()}, [])["repaired_model_path"] is None
