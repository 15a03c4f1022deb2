"""A little of `make fuzz-files` in every run: mutated files end in a code, or are taken."""

import pytest

from tests.fuzzing_files import mutations, trying

pytestmark = pytest.mark.slow

#: What a mutated file is refused with; anything else is looked into.
CODES = {
    trying.TAKEN, "corrupt-file", "unsafe-model", "not-a-keras-model", "unsafe-file", "too-large",
    "not-a-dataset", "not-hdf5", "label-out-of-range", "incompatible-weights",
    "unsupported-format", "weights-not-finite", "dataset-invalid",
}  # fmt: skip
#: About a minute of one core; `make fuzz-files` reads more.
CASES = 12_000


def test_mutated_files_and_configurations_are_refused_or_taken():
    tally = trying.Tally()
    trying.in_process(2026, range(CASES), tally)
    assert tally.findings == []
    assert set(tally.endings) <= CODES
    assert sum(tally.endings.values()) == CASES


def test_the_locked_child_answers_to_mutated_files_with_a_code():
    tally = trying.Tally()
    trying.through_child(2026, range(40), tally)
    assert tally.findings == []
    assert set(tally.endings) <= CODES
    assert len(tally.endings) > 2


def test_a_case_is_the_same_file_each_time():
    assert mutations.case(3, 17) == mutations.case(3, 17)
    assert mutations.case(3, 17) != mutations.case(4, 17)
