import pytest

from benchmarks.repair import nets, rows, running, sources, training
from benchmarks.repair.cells import Cell, Net, Treatment
from benchmarks.repair.files import read_arrays
from benchmarks.repair.running import Limits
from tests.unit.benchmarks import brightness

pytestmark = pytest.mark.slow

NET = Net(data="bright", normalized=False, attack="badnets", seed=0)
QUICK = Treatment(method="fine-tuning", params={"epochs": "1"})


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    made = brightness.source()
    patch = pytest.MonkeyPatch()
    patch.setattr(sources, "SOURCES", {"bright": lambda: made})
    patch.setattr(training, "_EPOCHS", 1)
    folder = tmp_path_factory.mktemp("work")
    nets.train(folder, NET)
    yield folder
    patch.undo()


def run(work, cell, **limits):
    told = []
    running.run(work, [cell], Limits(workers=1, **limits), told.append)
    return told


def test_a_cell_is_measured_once(work):
    cell = Cell(net=NET, treatment=QUICK)
    (row,) = run(work, cell)
    assert row.status == "ok" and row == rows.read(work, cell)
    assert len(row.reactivated) == len(row.after.triggers) == 1
    assert row.cost.cpu_seconds > 0 and row.cost.peak_mib >= row.cost.start_mib > 0
    assert (work / "predictions" / f"{cell.name}.npz").exists()
    assert run(work, cell) == []


def test_a_cell_is_measured_again_when_its_configuration_has_changed(work, monkeypatch):
    cell = Cell(net=NET, treatment=QUICK, seed=1)
    row = running.measured(work, cell, Limits(repair_seconds=0.2))
    rows.write(work, row)
    assert running.is_done(work, cell)
    monkeypatch.setattr(running, "method_hash", lambda method: "other")
    assert not running.is_done(work, cell)


def test_fewer_clean_images_are_another_configuration(work):
    usual, fewer = (Cell(net=NET, treatment=QUICK, n_clean=count) for count in (None, 30))
    assert running.config(usual) != running.config(fewer)
    assert [len(running._given(each)[0]) for each in (usual, fewer)] == [60, 30]


def test_images_without_labels_go_to_the_repair_as_well(work):
    cell = Cell(net=NET, treatment=QUICK, n_clean=30, has_unlabelled=True)
    (row,) = run(work, cell)
    assert (row.status, row.cell) == ("ok", cell)
    running._write_task(work, cell, work)
    assert len(read_arrays(work / "unlabelled.npz")["images"]) == 30


def test_a_repair_that_takes_too_long_is_a_row(work):
    cell = Cell(net=NET, treatment=QUICK, seed=2)
    (row,) = run(work, cell, repair_seconds=0.2)
    assert (row.status, row.after) == ("timeout", None)
    assert row.before == nets.figures(work, NET)


def test_a_repair_that_fails_is_a_row_with_its_message(work):
    unknown = Treatment(method="fine-pruning", params={"layers": "conv_9"})
    cell = Cell(net=NET, treatment=unknown)
    (row,) = run(work, cell)
    assert row.status == "failed"
    assert "UnknownLayer" in row.message


def test_nothing_begins_after_the_time_is_up(work):
    assert run(work, Cell(net=NET, treatment=QUICK, seed=3), seconds=0.0) == []


def test_a_net_is_trained_once(work, monkeypatch):
    assert nets.is_trained(work, NET)
    monkeypatch.setattr(training, "VERSION", 99)
    assert not nets.is_trained(work, NET)
