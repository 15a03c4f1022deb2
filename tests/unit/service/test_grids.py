"""The combinations of a batch."""

import pytest

from service import grids
from service.grids import Column, Row
from service.schemas import BatchCreate, BatchMethod, JobData
from service.tables import Dataset, Model

IDS = [f"0190a0a0-0000-7000-8000-00000000000{digit}" for digit in range(6)]


def _grid(models=1, names=("clean",), **fields):
    """A grid of so many models of one name, and a data set a name."""
    found = {model_id: Model(id=model_id, name="bad.h5") for model_id in IDS[:models]}
    datasets = {IDS[3 + place]: Dataset(name=name) for place, name in enumerate(names)}
    data = tuple(JobData(clean_validation=dataset_id) for dataset_id in datasets)
    fields.setdefault("methods", (BatchMethod(name="fine-pruning"),))
    request = BatchCreate(models=tuple(found), data=data, **fields)
    return grids.make(request, {**found, **datasets})


def _names(grid):
    return [request.name for request in grid.requests()]


def test_one_of_each_is_called_by_model_and_method():
    assert _names(_grid()) == ["bad.h5 · fine-pruning"]


def test_only_what_tells_jobs_apart_is_in_their_names():
    grid = _grid(max_accuracy_drops=(0.02, 0.1), seeds=(0, 7))
    assert _names(grid) == [
        "bad.h5 · budget 2 % · seed 0", "bad.h5 · budget 2 % · seed 7",
        "bad.h5 · budget 10 % · seed 0", "bad.h5 · budget 10 % · seed 7",
    ]  # fmt: skip


def test_things_of_one_name_are_numbered():
    assert _names(_grid(models=2, names=("a", "b"))) == [
        "bad.h5 (1) · a · fine-pruning", "bad.h5 (1) · b · fine-pruning",
        "bad.h5 (2) · a · fine-pruning", "bad.h5 (2) · b · fine-pruning",
    ]  # fmt: skip


def test_a_method_that_comes_twice_is_called_by_what_differs():
    methods = [BatchMethod(name="fine-pruning", params={"epochs": epochs}) for epochs in (1, 20)]
    grid = _grid(methods=(*methods, BatchMethod(name="fine-tuning")))
    assert grid.methods == ("fine-pruning epochs=1", "fine-pruning epochs=20", "fine-tuning")


def test_a_long_name_is_cut_to_what_a_job_may_be_called():
    assert {len(name) for name in _names(_grid(models=2, names=("a" * 250, "b")))} == {200, 29}


@pytest.mark.parametrize("place", range(8))
def test_a_job_finds_its_place_by_what_it_was_asked(place):
    grid = _grid(models=2, max_accuracy_drops=(0.02, 0.1), seeds=(0, 7))
    asked = list(grid.requests())[place].model_dump(mode="json")
    row, column = grid.place(asked)
    assert grid.rows().index(row) * 4 + grid.columns().index(column) == place


def test_a_grid_that_was_kept_is_the_same():
    grid = _grid(models=2, methods=(BatchMethod(name="fine-tuning"),))
    assert grids.Grid.from_json(grid.to_json()) == grid


def test_a_job_of_old_that_knew_no_unlabelled_images_has_its_place():
    grid = _grid()
    (asked,) = [request.model_dump(mode="json") for request in grid.requests()]
    del asked["data"]["unlabelled"]
    assert grid.place(asked) == (Row(0, 0), Column(0, 0.04, 0))
