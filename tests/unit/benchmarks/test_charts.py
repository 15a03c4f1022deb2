"""What stands in the figures of the benchmark."""

import pytest

from benchmarks.repair import charts


@pytest.mark.parametrize(
    ("treatment", "label"),
    [
        ("auto", "auto"),
        ("fine-tuning:learning_rate=0.03,optimizer=sgd", "fine-tuning (0.03, sgd)"),
        ("auto:assume_backdoor=true", "auto (assume backdoor)"),
    ],
)
def test_a_line_is_called_by_its_method_and_what_is_not_as_usual(treatment, label):
    assert charts._label(treatment) == label
