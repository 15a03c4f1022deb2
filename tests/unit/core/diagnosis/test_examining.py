import dataclasses

import numpy as np
import pytest

from core import diagnosis, errors, finetuning
from core.diagnosis import pictures, searching
from core.inversion import PixelRange, Triggers
from core.preprocessing import named
from tests import tiny


@pytest.fixture(scope="module")
def validation():
    images = tiny.labelled(300, 2)
    return finetuning.Validation(
        tune=images.only(range(200)), select=images.only(range(200, 300)), preprocessing=tiny.SCALED
    )


@pytest.fixture(scope="module")
def told():
    return []


@pytest.fixture(scope="module")
def findings(small_trigger, validation, told):
    execution = finetuning.Execution(seed=0, on_event=told.append)
    return diagnosis.diagnose(small_trigger, validation, execution=execution)


def test_the_target_comes_first(findings):
    first = findings.diagnosis.suspects[0]
    assert (first.label, first.rank) == (tiny.TARGET, 1)


def test_the_target_is_suspected_and_no_other_class(findings):
    assert findings.diagnosis.targets == (tiny.TARGET,)


def test_every_class_of_a_small_model_is_searched(findings):
    found = findings.diagnosis
    assert sorted(suspect.label for suspect in found.suspects) == list(range(tiny.N_CLASSES))
    assert (found.n_classes, found.n_examined) == (tiny.N_CLASSES, tiny.N_CLASSES)


def test_scores_fall_from_rank_to_rank(findings):
    scores = [suspect.score for suspect in findings.diagnosis.suspects]
    assert scores == sorted(scores, reverse=True)


def test_the_evidence_is_told_in_sentences(findings):
    assert any("added" in reason for reason in findings.diagnosis.suspects[0].reasons)


def test_the_triggers_are_those_of_the_diagnosis(findings):
    for suspect in findings.diagnosis.suspects:
        index = int(np.flatnonzero(findings.patches.labels == suspect.label)[0])
        assert suspect.patch.size == pytest.approx(findings.patches.sizes[index], abs=1e-3)
        assert 0 <= suspect.additive.success <= 1


def test_few_classes_are_warned_of(findings):
    assert any("4 classes" in warning for warning in findings.diagnosis.warnings)


def test_each_stage_is_told_to_its_end(findings, told):
    last = {event.stage: (event.current, event.total) for event in told}
    assert list(last) == ["margins", "invert"]
    assert all(current == total for current, total in last.values())


def test_it_can_be_canceled(small_trigger, validation):
    def cancel(event):
        raise errors.Canceled("stop")

    execution = finetuning.Execution(seed=0, on_event=cancel)
    with pytest.raises(errors.Canceled):
        diagnosis.diagnose(small_trigger, validation, execution=execution)


def test_the_same_seed_finds_the_same(small_trigger, validation, monkeypatch):
    short = [dataclasses.replace(each, steps=10) for each in searching._SETTINGS]
    monkeypatch.setattr(searching, "_SETTINGS", short)
    execution = finetuning.Execution(seed=3, on_event=lambda event: None)
    first, second = (
        diagnosis.diagnose(small_trigger, validation, execution=execution).diagnosis
        for _ in range(2)
    )
    assert first.suspects == second.suspects


def test_only_what_scores_enough_is_suspected(findings):
    least = findings.diagnosis.suspected_from
    for suspect in findings.diagnosis.suspects:
        assert suspect.is_suspected is (suspect.score >= least)


def triggers(pattern, *, masks=None):
    return Triggers(
        kind="additive" if masks is None else "patch",
        labels=np.array([7]),
        masks=masks,
        patterns=pattern,
        pixels=PixelRange(low=np.zeros(3, np.float32), high=np.full(3, 2, np.float32)),
    )


def test_a_patch_is_shown_on_grey():
    masks = np.zeros((1, 2, 2, 1), np.float32)
    masks[0, 0, 0] = 1
    (picture,) = pictures.drawn(
        triggers(np.full((1, 2, 2, 3), 2, np.float32), masks=masks), named("none")
    )
    assert (picture.label, picture.kind) == (7, "patch")
    assert picture.image[..., 0].tolist() == [[255, 128], [128, 128]]


def test_what_is_added_is_amplified_about_grey():
    pattern = np.zeros((1, 1, 2, 3), np.float32)
    pattern[0, 0, :, 0] = [-0.1, 0.05]
    (picture,) = pictures.drawn(triggers(pattern), named("none"))
    assert picture.image[0, :, 0].tolist() == [0, 191]
    assert (picture.image[..., 1:] == 128).all()


def test_channels_are_shown_in_the_order_of_the_files():
    pattern = np.zeros((1, 1, 1, 3), np.float32)
    pattern[..., 0] = 1
    (picture,) = pictures.drawn(triggers(pattern), named("imagenet-caffe"))
    assert picture.image[0, 0].tolist() == [128, 128, 255]
