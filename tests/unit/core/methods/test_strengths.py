import pytest

from core import errors, finetuning, methods
from core.methods import strengths
from core.results import Event, TrainingEpoch


def trained(accuracy, *, lowest=0.8):
    curve = tuple(
        TrainingEpoch(epoch=epoch, loss=None, select_accuracy=each, learning_rate=None)
        for epoch, each in enumerate((0.9, accuracy))
    )
    kept = finetuning.kept_epoch(curve, lowest)
    return finetuning.FineTuned(
        model=None, epoch=kept, curve=curve, is_accurate=curve[kept].select_accuracy >= lowest
    )


def search(accuracies, *, events=None):
    """The search where strength 1, 2, … ends with these accuracies; ``None`` diverges."""

    def attempt(strength, execution):
        execution.on_event(Event(stage="finetune", current=1, total=1))
        if accuracies[strength - 1] is None:
            raise errors.TrainingDiverged
        return trained(accuracies[strength - 1])

    execution = methods.Execution(seed=0, on_event=(events if events is not None else []).append)
    return strengths.strongest(range(1, len(accuracies) + 1), attempt, execution)


@pytest.mark.parametrize("largest", range(1, 8))
def test_the_largest_strength_within_the_budget_is_found_in_three_attempts(largest):
    found = search([0.85] * largest + [0.5] * (7 - largest))
    assert found.strength == largest
    assert len(found.tried) <= 3
    assert found.tuned.is_complete


def test_where_every_training_ends_beyond_the_budget_it_is_the_weakest_that_was_tried():
    found = search([0.5] * 7)
    assert found.strength == min(found.tried) == 1
    assert found.tuned.epoch == 0


def test_a_training_that_diverges_was_too_strong():
    found = search([0.85, 0.85, None])
    assert found.strength == 2
    assert search([0.85, None, None]).tried == {2: 0.0, 1: 0.85}


def test_a_search_in_which_every_training_diverges_tells_so():
    with pytest.raises(errors.TrainingDiverged):
        search([None, None, None])


def test_the_events_of_the_attempts_count_on():
    events = []
    search([0.85] * 7, events=events)
    assert [(event.current, event.total) for event in events] == [(1, 3), (2, 3), (3, 3)]


def test_strengths_rise_by_one_factor_or_at_even_distances():
    assert strengths.geometric(1, 64, 3) == pytest.approx((1, 2, 4, 8, 16, 32, 64))
    assert strengths.even(0.3, 0.9, 2) == pytest.approx((0.3, 0.6, 0.9))


def test_a_single_strength_lies_in_the_middle():
    assert strengths.geometric(1, 16, 1) == pytest.approx((4,))
    assert strengths.even(0.2, 0.6, 1) == pytest.approx((0.4,))
