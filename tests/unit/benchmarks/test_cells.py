from benchmarks.repair import cells
from benchmarks.repair.cells import Cell, Net, Treatment
from core import attacks

NET = Net(data="cifar10", normalized=True, attack="badnets", seed=2)


def test_names_say_what_a_cell_is():
    cell = Cell(net=NET, treatment=Treatment(method="fine-tuning", params={"epochs": 3}), seed=1)
    assert cell.name == "cifar10-bn-badnets-2--fine-tuning:epochs=3--1"


def test_what_is_judged_in_development_has_files_of_its_own():
    cell = Cell(net=NET, treatment=Treatment(method="fine-tuning"), judge="development")
    assert cell.name.endswith("--development")


def test_a_repair_with_fewer_clean_images_has_files_of_its_own():
    cell = Cell(net=NET, treatment=Treatment(method="fine-tuning"), n_clean=500)
    assert cell.name.endswith("--0--500-images")
    more = Cell(net=NET, treatment=cell.treatment, n_clean=500, has_unlabelled=True)
    assert more.name.endswith("--0--500-images-and-unlabelled")


def test_a_treatment_is_read_from_its_name():
    treatment = Treatment.parse("fine-tuning:epochs=3,optimizer=sgd")
    assert treatment.params == {"epochs": "3", "optimizer": "sgd"}
    assert Treatment.parse(treatment.name) == treatment


def test_the_nets_begin_with_those_that_tell_most():
    nets = list(cells.nets(attacks.NAMES))
    assert [net.name for net in nets[:2]] == ["cifar10-plain-benign-0", "cifar10-plain-badnets-0"]
    assert len(nets) == len(set(nets)) == 3 * (9 + 3 + 9)
