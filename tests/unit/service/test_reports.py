"""Of several reports, the one that is asked for, or the best."""

import dataclasses

import pytest

from core.results import PruningStep
from service import errors, jobs, reports
from service.artifacts import KeptFile
from tests import factories


def finished(session, *budgets):
    """A repair with a report for each budget; the last one is the best."""
    found, files = {}, []
    for number, budget in enumerate(budgets):
        report = factories.make_report(attack=0.5 - 0.1 * number)
        selection = dataclasses.replace(report.selection, max_accuracy_drop=budget)
        folder = f"drop-{budget:g}" if len(budgets) > 1 else ""
        found[folder] = dataclasses.replace(report, selection=selection)
        name = f"{folder}/repaired.h5".lstrip("/")
        files.append(KeptFile(name=name, sha256="0" * 64, n_bytes=1))
    claim = factories.make_claim(session)
    jobs.finish(session, claim, jobs.Outcome(reports=found, files=tuple(files)))
    return jobs.get(session, claim.job_id)


def test_a_single_report_lies_at_the_top(session):
    chosen = reports.choose(finished(session, 0.04))
    assert (chosen.folder, chosen.path("report.json"), chosen.budget) == ("", "report.json", 0.04)


def test_of_several_the_best_is_chosen(session):
    chosen = reports.choose(finished(session, 0.01, 0.02))
    assert chosen.path("goodnet.h5") == "drop-0.02/goodnet.h5"


def test_one_can_be_asked_for_by_its_budget(session):
    assert reports.choose(finished(session, 0.01, 0.02), budget=0.01).folder == "drop-0.01"


def test_a_budget_that_there_is_not_is_told(session):
    with pytest.raises(errors.NotFound, match=r"there are 0\.01, 0\.02"):
        reports.choose(finished(session, 0.01, 0.02), budget=0.03)


def test_a_job_that_has_not_ended_has_none(session):
    with pytest.raises(errors.JobNotFinished):
        reports.choose(factories.make_job(session))


def test_a_job_that_was_canceled_has_none(session):
    job = jobs.cancel(session, factories.make_job(session).id)
    with pytest.raises(errors.NotFound, match="is canceled"):
        reports.choose(job)


def test_an_intake_has_none(session):
    job = jobs.submit_intake(session, factories.make_dataset(session))
    with pytest.raises(errors.Conflict):
        reports.choose(job)


def test_curves_are_told_point_by_point(session):
    step = PruningStep(channels_pruned=1, layer="conv", channel=3, select_accuracy=0.9)
    report = {"selection": {"max_accuracy_drop": 0.04}, "pruning_curve": [step.to_json()]}
    chosen = reports.ChosenReport(folder="", report=report)
    series = reports.series(chosen, "prune_curve")
    assert series.columns == ["channels_pruned", "layer", "channel", "select_accuracy"]
    assert series.points[0]["channel"] == 3
    assert reports.series(chosen, "training_curve").points == []
