import numpy as np
import pytest

from benchmarks.repair import measuring
from benchmarks.repair.measuring import Answers, Exam
from benchmarks.repair.sources import Images
from core import attacks

LABELS = np.array([0, 0, 1, 1, 2, 2])
CLEAN = Images(images=np.zeros((6, 4, 4, 1), np.uint8), labels=LABELS)


def exam(target):
    implant = attacks.Implant(trigger=attacks.patch(size=1), target=target, share=0.1)
    stamped = attacks.tested(implant, CLEAN.images, CLEAN.labels, n_classes=3)
    return Exam(clean=CLEAN, implants=(implant,), stamped=(stamped,), n_classes=3)


def test_figures_by_hand():
    # Clean: 0 0 1 0 2 1 (one of class 1 and one of class 2 wrong). Stamped are 1 1 2 2.
    answers = Answers(clean=np.array([0, 0, 1, 0, 2, 1]), stamped=(np.array([0, 1, 0, 0]),))
    figures = measuring.figures(answers, exam(target=0))
    (trigger,) = figures.triggers
    assert figures.accuracy == pytest.approx(4 / 6)
    assert figures.worst_decile == 0.5
    assert (trigger.attack_success, trigger.floor, trigger.robust_accuracy) == (0.75, 0.25, 0.25)
    assert trigger.excess == 0.5


def test_all_to_all_counts_the_next_class():
    answers = Answers(clean=LABELS, stamped=((LABELS + 1) % 3,))
    (trigger,) = measuring.figures(answers, exam(target=None)).triggers
    assert (trigger.n, trigger.attack_success, trigger.floor) == (6, 1.0, 0.0)


def test_the_worst_decile_of_twenty_classes_is_the_mean_of_two():
    labels = np.repeat(np.arange(20), 4)
    hits = np.ones(80, bool)
    hits[:4], hits[4:6] = False, False
    assert measuring.worst_decile(hits, labels) == 0.25


def test_answers_survive_as_arrays():
    answers = Answers(clean=LABELS, stamped=(LABELS[:2], LABELS[:3]))
    again = measuring.from_arrays(measuring.as_arrays(answers))
    assert [part.tolist() for part in again.stamped] == [[0, 0], [0, 0, 1]]
