import pytest

from core import data, diagnosis, errors, finetuning, traces
from core.results import Diagnosis, Suspect
from tests import tiny


@pytest.fixture(scope="module")
def validation(tiny_case):
    images = tiny_case.validation
    split = data.split(images.labels, seed=0)
    return finetuning.Validation(
        tune=images.only(split.tune), select=images.only(split.select), preprocessing=tiny.SCALED
    )


def execution(on_event=lambda event: None):
    return finetuning.Execution(seed=0, on_event=on_event)


@pytest.fixture(scope="module")
def known(tiny_case, validation):
    return diagnosis.diagnose(tiny_case.model, validation, execution=execution()).diagnosis


@pytest.fixture(scope="module")
def events():
    return []


@pytest.fixture(scope="module")
def followed(tiny_case, validation, known, events):
    return traces.follow(tiny_case.model, validation, known, execution=execution(events.append))


def ranking(n_classes, n_suspected):
    suspects = (
        Suspect(label=label, rank=label + 1, is_suspected=label < n_suspected)
        for label in range(n_classes)
    )
    return Diagnosis(
        n_classes=n_classes, suspects=tuple(suspects), n_examined=n_classes, seconds=1.0
    )


def test_a_model_that_is_the_same_has_the_same_evidence(followed):
    for one in followed.classes:
        assert one.after.head_z == one.before.head_z
        assert one.after.margin_z == one.before.margin_z
        assert one.after.attractor_z == one.before.attractor_z
        # Fewer classes go through the model together, which rounds sums in another way.
        assert one.after.patch.size == pytest.approx(one.before.patch.size, rel=0.05)
        assert one.after.additive.success == pytest.approx(one.before.additive.success, abs=0.05)


def test_the_first_classes_of_the_ranking_are_looked_at_in_its_order(followed, known, validation):
    assert [one.label for one in followed.classes] == [one.label for one in known.suspects[:3]]
    assert [one.is_suspected for one in followed.classes] == [True, False, False]
    assert followed.n_searched_on == len(validation.tune)
    assert followed.n_judged_on == len(validation.select)


def test_all_of_it_is_one_stage_that_never_goes_back(events, followed):
    assert {event.stage for event in events} == {traces.STAGE}
    shares = [event.current / event.total for event in events if event.total]
    assert shares == sorted(shares) and shares[-1] == 1


def test_a_listener_that_raises_stops_it(tiny_case, validation, known):
    def stop(event):
        if event.current:
            raise errors.Canceled

    with pytest.raises(errors.Canceled):
        traces.follow(tiny_case.model, validation, known, execution=execution(stop))


@pytest.mark.parametrize(("n_suspected", "n_looked_at"), [(0, 3), (5, 5), (40, 12)])
def test_those_suspected_are_looked_at_and_some_others(n_suspected, n_looked_at):
    assert len(traces.first(ranking(60, n_suspected))) == n_looked_at


def test_a_diagnosis_of_no_class_leaves_nothing_to_look_at(tiny_case, validation):
    nothing = ranking(0, 0)
    assert traces.follow(tiny_case.model, validation, nothing, execution=execution()) is None
