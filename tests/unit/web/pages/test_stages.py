"""How far a job has got, in words."""

import pytest

from service.tables import Job, JobEvent
from web.pages import stages


def job(**columns):
    return Job(**{"state": "running", "method": "fine-pruning", "stage": "finetune", **columns})


def places(found):
    return [stage.place for stage in stages.of_job(found)]


def told(*data):
    events = [JobEvent(type="progress", data=item) for item in data]
    return [words for _, words in stages.told(events)]


def test_what_lies_before_the_stage_is_done():
    assert places(job()) == ["done", "done", "done", "now", "next", "next"]


def test_before_the_first_event_nothing_is():
    assert set(places(job(stage=None))) == {"next"}


def test_a_job_that_succeeded_has_all_behind_it():
    assert set(places(job(state="succeeded"))) == {"done"}


def test_a_job_that_failed_shows_where_it_stopped():
    assert places(job(state="failed"))[3] == "stopped"


def test_a_method_without_pruning_has_no_such_stage():
    names = [stage.kind.name for stage in stages.of_job(job(method="fine-tuning"))]
    assert names == ["load", "baseline", "finetune", "evaluate", "package"]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"progress_current": 3, "progress_total": 20}, "Fine-tuning, 3 of 20 epochs"),
        ({"stage": "prune", "progress_current": 0, "progress_total": 1283},
         "Finding out which channels can go, 0 of 1,283 images"),
        ({}, "Fine-tuning"),
        ({"stage": "unheard of"}, "unheard of"),
        ({"state": "queued", "stage": None}, "Waiting"),
    ],
)  # fmt: skip
def test_what_it_does_is_one_sentence(columns, words):
    assert stages.sentence(job(**columns)) == words


def test_the_share_counts_stages_and_what_is_done_of_this_one():
    found = job(progress_current=10, progress_total=20)
    assert stages.share_done(stages.of_job(found), found) == pytest.approx(3.5 / 6)


def test_the_log_tells_epochs_messages_and_new_stages_not_batches():
    assert told(
        {"stage": "baseline", "current": 1, "total": 2},
        {"stage": "baseline", "current": 2, "total": 2},
        {"stage": "finetune", "current": 1, "metric": {"select_accuracy": 0.5, "loss": 0.25}},
        {"stage": "package", "message": "writing the results"},
    ) == [
        "Measuring the model as it came",
        "Epoch 1: accuracy on select images 50.0 %, loss 0.25",
        "writing the results",
    ]
