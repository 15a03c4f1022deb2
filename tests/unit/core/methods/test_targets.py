import pytest

from core import errors, methods
from core.methods import targets
from core.results import Diagnosis, Suspect
from tests import tiny

EXECUTION = methods.Execution(seed=0, on_event=lambda event: None)


def suspected(tiny_case, validation, wanted):
    return targets.suspected(tiny_case.model, validation, wanted, EXECUTION)


def test_all_classes_can_be_suspected(tiny_case, validation):
    assert suspected(tiny_case, validation, "all").labels == (0, 1, 2, 3)


def test_given_classes_are_taken_without_a_diagnosis(tiny_case, validation):
    found = suspected(tiny_case, validation, "3, 1,1")
    assert found.labels == (1, 3)
    assert found.diagnosis is None and found.is_suspicious


@pytest.mark.parametrize("wanted", ["", "4", "-1", "one", "0,,1"])
def test_what_is_no_class_is_refused(tiny_case, validation, wanted):
    with pytest.raises(errors.InvalidParams, match="from 0 to 3"):
        suspected(tiny_case, validation, wanted)


def diagnosis_of(n_classes, *suspected):
    suspects = tuple(
        Suspect(label=label, rank=rank, is_suspected=label in suspected)
        for rank, label in enumerate(range(20, 60), 1)
    )
    return Diagnosis(n_classes=n_classes, suspects=suspects, n_examined=40, seconds=0.0)


def test_a_diagnosis_finds_the_target_and_is_told(tiny_case, validation):
    found = suspected(tiny_case, validation, "auto")
    assert tiny.TARGET in found.labels
    assert found.diagnosis is not None


@pytest.mark.parametrize(
    ("n_classes", "flagged", "expected"),
    [
        (60, (23,), (23, 20, 21, 22)),
        (60, (), (20, 21, 22)),
        (500, (22,), (22, 20, 21, 23, 24)),
        (500, (), (20, 21, 22, 23, 24)),
    ],
)
def test_who_is_worth_repairing(n_classes, flagged, expected):
    assert targets.worth_repairing(diagnosis_of(n_classes, *flagged)) == expected
