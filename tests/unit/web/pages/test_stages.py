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


def budgets(n):
    return {"request": {"max_accuracy_drops": [0.1] * n}}


def test_with_several_budgets_it_is_said_which_one_is_worked_on():
    lap = stages.Lap(number=2, total=3)
    found = job(progress_current=3, progress_total=20)
    assert stages.sentence(found, lap) == "Budget 2 of 3: fine-tuning, 3 of 20 epochs"


def test_a_job_that_has_ended_is_at_no_budget():
    assert stages.sentence(job(state="succeeded"), stages.Lap(number=2, total=3)) == "Done"


def test_the_budget_is_that_of_the_latest_progress():
    events = [
        JobEvent(type="progress", data={"stage": "prune", "budget": 1, "n_budgets": 2}),
        JobEvent(type="progress", data={"stage": "prune", "budget": 2, "n_budgets": 2}),
        JobEvent(type="state", data={"state": "canceling"}),
    ]
    assert stages.lap_of(events) == stages.Lap(number=2, total=2)


@pytest.mark.parametrize("data", [{}, {"stage": "load"}, {"budget": None, "n_budgets": None}])
def test_what_is_done_for_all_budgets_is_at_none(data):
    assert stages.lap_of([JobEvent(type="progress", data=data)]) is None


def test_the_share_never_goes_back_from_one_budget_to_the_next():
    def share(stage, number):
        found = job(stage=stage, **budgets(2))
        lap = stages.Lap(number=number, total=2) if number else None
        return stages.share_done(stages.of_job(found), found, lap)

    order = [
        ("load", None), ("baseline", None), ("prune", 1), ("package", 1), ("prune", 2),
        ("package", 2),
    ]  # fmt: skip
    assert [share(*step) for step in order] == [k / 10 for k in (0, 1, 2, 5, 6, 9)]


def test_what_comes_after_the_last_budget_is_not_told_as_the_first():
    found = job(stage="package", **budgets(2))
    assert stages.share_done(stages.of_job(found), found, None) == 0.9


def test_the_log_says_where_a_budget_begins():
    assert told(
        {"stage": "prune", "current": 1, "budget": 1, "n_budgets": 2},
        {"stage": "prune", "current": 2, "budget": 1, "n_budgets": 2},
        {"stage": "prune", "current": 1, "budget": 2, "n_budgets": 2},
        {"stage": "finetune", "current": 0, "budget": 2, "n_budgets": 2},
    ) == [
        "Budget 1 of 2: finding out which channels can go",
        "Budget 2 of 2: finding out which channels can go",
        "Fine-tuning",
    ]


def test_of_other_methods_the_repair_is_one_stage_whatever_its_steps_are():
    found = job(method="ft-sam", stage="invert", progress_current=1, progress_total=2)
    names = [stage.kind.name for stage in stages.of_job(found)]
    assert names == ["load", "baseline", "repair", "evaluate", "package"]
    assert places(found) == ["done", "done", "now", "next", "next"]
    assert stages.sentence(found) == "Searching for triggers, 1 of 2 steps"
    assert stages.share_done(stages.of_job(found), found) == pytest.approx(2 / 5)


def test_what_is_tried_besides_has_stages_of_its_own():
    asked = {"reactivation": True, "n_seeds": 3, "data": {"poisoned_test": ["one"]}}
    names = [stage.kind.name for stage in stages.of_job(job(request=asked))]
    assert names[-4:] == ["evaluate", "reactivate", "seeds", "package"]


@pytest.mark.parametrize(
    ("method", "params", "is_traced"),
    [
        ("auto", {}, True),
        ("trigger-unlearning", {"labels": "auto"}, True),
        ("trigger-unlearning", {"labels": "0"}, False),
        ("fine-tuning", {}, False),
    ],
)
def test_suspects_are_looked_at_once_more_where_there_is_a_diagnosis(method, params, is_traced):
    asked = {"traces": True, "params": params}
    found = stages.of_job(job(method=method, request=asked))
    assert ("traces" in [stage.kind.name for stage in found]) == is_traced
    assert "traces" not in [stage.kind.name for stage in stages.of_job(job(method=method))]


def test_a_diagnosis_has_stages_of_its_own():
    found = job(kind="diagnose", method=None, stage="unheard of")
    assert places(found) == ["done", "now", "next"]


def test_a_script_knows_every_stage_by_name():
    assert stages.words()["invert"] == {"doing": "Searching for triggers", "unit": "steps"}
