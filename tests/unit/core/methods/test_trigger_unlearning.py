import dataclasses
from types import SimpleNamespace

import pytest

from core import catalogue, methods
from core.methods import targets, trigger_unlearning

PARAMS = catalogue.TriggerUnlearning(rounds=3, epochs=0, steps=10, labels="0", flip=False)


def repair(tiny_case, validation, *, params=PARAMS, on_event=lambda event: None):
    return methods.METHODS["trigger-unlearning"](
        tiny_case.model, validation, params=params, max_accuracy_drop=0.04,
        execution=methods.Execution(seed=0, on_event=on_event),
    )  # fmt: skip


def test_given_classes_are_searched_in_every_round(tiny_case, validation):
    events = []
    done = repair(tiny_case, validation, on_event=events.append)
    assert done.selection.strength == "round 3"
    assert list(done.selection.tried) == ["round 1", "round 2", "round 3"]
    assert [event.stage for event in events if event.current == event.total][-1] == "finetune"


def test_a_round_after_which_nothing_is_suspected_is_the_last(tiny_case, validation, monkeypatch):
    asked = []

    def suspected(*args):
        asked.append(args)
        return dataclasses.replace(found, diagnosis=clear)

    clear = targets.Diagnosis(n_classes=4, suspects=(), n_examined=4, seconds=0.0)
    found = targets.Suspected(labels=(0,))
    monkeypatch.setattr(trigger_unlearning.targets, "suspected", suspected)
    done = repair(tiny_case, validation)
    assert done.selection.strength == "round 1" and len(asked) == 2
    assert done.diagnosis is clear


def test_a_last_round_that_nothing_was_kept_of_is_not_told_as_the_strength():
    kept, lost = (
        SimpleNamespace(tuned=SimpleNamespace(epoch=epoch, is_complete=is_complete))
        for epoch, is_complete in ((2, True), (0, False))
    )
    assert trigger_unlearning._kept([kept, kept]) == [kept, kept]
    assert trigger_unlearning._kept([kept, lost]) == [kept]
    assert trigger_unlearning._kept([lost]) == [lost]


@pytest.mark.parametrize("triggers", [1, 2])
def test_so_many_triggers_of_each_kind_are_found(tiny_case, validation, triggers):
    params = dataclasses.replace(PARAMS, triggers=triggers)
    search = trigger_unlearning._Search(validation, params)
    execution = methods.Execution(seed=0, on_event=lambda event: None)
    found = search.triggers(tiny_case.model, (0, 3), execution, first_seed=0)
    kinds = [each.kind for each in found]
    assert kinds == ["patch"] * triggers + ["additive"] * triggers
    assert [each.labels.tolist() for each in found] == [[0, 3]] * len(found)
