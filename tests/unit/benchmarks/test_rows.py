import pytest

from benchmarks.repair import rows
from tests.unit.benchmarks import repairs


def test_a_row_survives_being_written(tmp_path):
    row = repairs.row(
        reference=(0.03,), reactivated=(None,), select=(0.7, 0.69), suspects=(1, 4), warnings=("w",)
    )
    rows.write(tmp_path, row)
    assert rows.read(tmp_path, row.cell) == row
    assert list(rows.read_all(tmp_path)) == [row]


def test_there_is_no_row_before_it_is_written(tmp_path):
    assert rows.read(tmp_path, repairs.row().cell) is None


def test_a_failed_repair_counts_as_the_net_that_it_was_to_repair():
    row = repairs.row(status="failed", message="TrainingDiverged", after=None, cost=None)
    assert row.drop == 0
    assert row.worst.attack_success == 0.99
    assert row.defence_rating == 0.5


def test_the_defence_rating_by_hand():
    # ASR falls by 49 points, accuracy by 2: (0.49 - 0.02 + 1) / 2
    assert repairs.row().defence_rating == pytest.approx(0.735)
    assert repairs.row(attack="benign").defence_rating is None
