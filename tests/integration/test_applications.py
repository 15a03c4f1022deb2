"""The image classifiers that people use: taken as stock Keras writes them, with the same scores."""

import pytest

from benchmarks import applications

pytestmark = pytest.mark.slow

#: The one with most kinds of layers and options; `python -m benchmarks.applications` does all.
NAME = "MobileNetV3Small"


@pytest.mark.parametrize("library", applications.LIBRARIES)
def test_a_usual_classifier_is_taken_with_the_same_scores(library):
    outcomes = list(applications.compared([NAME], [library]))
    assert [outcome.reason for outcome in outcomes] == ["", ""]
    assert max(outcome.difference for outcome in outcomes) <= 1e-5
