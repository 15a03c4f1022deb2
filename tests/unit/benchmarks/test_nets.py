import dataclasses
import json

import pytest

from benchmarks.repair import nets
from benchmarks.repair.cells import Net
from tests.unit.benchmarks import repairs

NET = Net(data="cifar10", normalized=False, attack="badnets", seed=0)


def kept(work, net, figures):
    """As if the net had been trained."""
    file = nets.path(work, net)
    file.parent.mkdir(exist_ok=True)
    file.touch()
    facts = {"recipe": nets.recipe_hash(net), **dataclasses.asdict(figures)}
    file.with_suffix(".json").write_text(json.dumps(facts))


@pytest.fixture
def work(tmp_path):
    kept(tmp_path, dataclasses.replace(NET, attack="benign"), repairs.figures(0.7, None))
    return tmp_path


def test_a_net_whose_trigger_works_is_a_fair_case(work):
    kept(work, NET, repairs.figures(0.69, 0.8))
    assert nets.shortcomings(work, NET) == ()


def test_an_attack_that_hardly_works_is_said(work):
    kept(work, NET, repairs.figures(0.7, 0.79))
    assert nets.shortcomings(work, NET) == ("0 Checkerboard works on 79% only",)


def test_a_net_that_lost_accuracy_is_said(work):
    kept(work, NET, repairs.figures(0.67, 0.9))
    assert nets.shortcomings(work, NET) == ("3.0 points less accurate than the benign net",)


def test_all_to_all_can_only_send_on_what_is_recognised(work):
    figures = repairs.figures(0.7, 0.6)
    (trigger,) = figures.triggers
    to_next = dataclasses.replace(trigger, target=None)
    kept(work, NET, dataclasses.replace(figures, triggers=(to_next,)))
    assert nets.shortcomings(work, NET) == ()


def test_figures_survive_being_kept(work):
    figures = repairs.figures(0.69, 0.8)
    kept(work, NET, figures)
    assert nets.figures(work, NET) == figures
    assert nets.is_trained(work, NET)
