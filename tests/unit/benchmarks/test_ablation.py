import pytest

from benchmarks.repair import ablation, tables
from benchmarks.repair.cells import Cell, Net
from core import catalogue
from tests.unit.benchmarks import repairs

NET = Net(data="cifar10", normalized=False, attack="sig", seed=0)


@pytest.mark.skipif(ablation.METHOD not in catalogue.METHODS, reason="there is no such method")
@pytest.mark.parametrize("treatment", ablation.TREATMENTS, ids=lambda treatment: treatment.name)
def test_each_variant_is_one_that_the_method_has(treatment):
    assert catalogue.parse(treatment.method, treatment.params)


def test_each_variant_has_a_line_with_its_own_figures():
    rows = [
        repairs.row(success=0.1 * number, cell=Cell(net=NET, treatment=treatment))
        for number, treatment in enumerate(ablation.TREATMENTS)
    ]
    _, _, *lines = tables.ablation(rows).splitlines()
    assert lines[0] == "| nothing laid over, no inverted triggers | −2.0 · 2.0 |"
    assert lines[5] == "| checkerboards as well | 48.0 · 2.0 |"
