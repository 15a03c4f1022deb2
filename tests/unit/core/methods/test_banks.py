import numpy as np
import pytest

from core import errors, inversion, methods
from core.methods import banks, targets
from core.results import Diagnosis, Suspect
from tests import tiny

EXECUTION = methods.Execution(seed=0, on_event=lambda event: None)


def search(tiny_case, validation, labels, *, count=2, execution=EXECUTION):
    return banks.search(
        tiny_case.model, validation, labels, count=count, steps=5, execution=execution
    )


def test_there_are_so_many_triggers_of_each_kind_for_each_class(tiny_case, validation):
    bank = search(tiny_case, validation, (0, 3))
    assert [each.kind for each in bank] == ["patch", "patch", "additive", "additive"]
    assert all(each.labels.tolist() == [0, 3] for each in bank)


def test_no_two_searches_start_alike(tiny_case, validation):
    first, second, *_ = search(tiny_case, validation, (tiny.TARGET,))
    assert not np.array_equal(first.patterns, second.patterns)


def test_without_a_class_there_is_no_bank(tiny_case, validation):
    assert search(tiny_case, validation, ()) == []


def test_additive_triggers_grow_from_faint_to_plain(tiny_case, validation):
    bank = search(tiny_case, validation, (0,), count=3)
    sizes = [float(each.sizes[0]) for each in bank if each.kind == "additive"]
    assert sizes == sorted(sizes)


def test_what_a_listener_raises_ends_the_search(tiny_case, validation):
    def on_event(event):
        raise errors.Canceled

    listener = methods.Execution(seed=0, on_event=on_event)
    with pytest.raises(errors.Canceled):
        search(tiny_case, validation, (0,), execution=listener)


def triggers(*labels):
    pixels = inversion.PixelRange(low=np.zeros(3, np.float32), high=np.ones(3, np.float32))
    patterns = np.zeros((len(labels), 4, 4, 3), np.float32)
    return inversion.Triggers(
        kind="additive", labels=np.array(labels), masks=None, patterns=patterns, pixels=pixels
    )


def labels_of(found):
    return [each.labels.tolist() for each in found]


def test_triggers_of_ranked_classes_stand_behind_those_of_suspected_ones():
    suspect = Suspect(label=7, rank=1, is_suspected=True)
    found = Diagnosis(n_classes=9, suspects=(suspect,), n_examined=9, seconds=0.0)
    suspected = targets.Suspected(labels=(7, 2, 5), diagnosis=found)
    bank = banks.Bank(suspected=suspected, triggers=[triggers(7, 2, 5)])
    assert labels_of(bank.first) == [[7]]
    assert labels_of(bank.others) == [[2, 5]]


def test_banks_of_the_same_classes_are_put_together():
    suspected = targets.Suspected(labels=(2, 5))
    first, second = (
        banks.Bank(suspected=suspected, triggers=[triggers(2, 5)] * n_triggers)
        for n_triggers in (1, 2)
    )
    both = first.with_more(second)
    assert both.suspected is suspected and len(both.triggers) == 3


def test_without_evidence_the_ranked_classes_come_first():
    found = Diagnosis(n_classes=9, suspects=(), n_examined=9, seconds=0.0)
    suspected = targets.Suspected(labels=(2, 5), diagnosis=found)
    bank = banks.Bank(suspected=suspected, triggers=[triggers(2, 5)])
    assert labels_of(bank.first) == [[2, 5]]
    assert bank.others == []
