"""Finish, fail, release, canceled: of all ends of a job, one goes through."""

import pytest

from core import errors
from core.results import RepairReport
from service import artifacts, jobs
from service.artifacts import KeptFile
from service.jobs import Outcome
from service.tables import JobMetric
from tests import factories

OUTCOME = Outcome(
    reports={"": factories.make_report()},
    files=(KeptFile(name="repaired.h5", sha256="c" * 64, n_bytes=3),),
)


def _running(session):
    claim = factories.make_claim(session)
    assert jobs.start(session, claim)
    return claim


def test_finish_writes_the_report_into_the_row(session):
    claim = _running(session)
    assert jobs.finish(session, claim, OUTCOME)
    job = jobs.get(session, claim.job_id)
    assert (job.state, job.verdict, job.lease_until) == ("succeeded", "repaired", None)
    assert (job.clean_accuracy_before, job.clean_accuracy_after) == (0.98, 0.95)
    assert (job.attack_success_rate_before, job.attack_success_rate_after) == (0.99, 0.02)
    assert job.repaired_model_path == "repaired.h5"
    assert RepairReport.from_json(job.reports[""]) == OUTCOME.reports[""]
    assert job.finished_at >= job.started_at >= job.created_at


def test_finish_keeps_the_files_and_the_figures(session):
    claim = _running(session)
    jobs.finish(session, claim, OUTCOME)
    assert artifacts.get(session, claim.job_id, "repaired.h5").n_bytes == 3
    figures = {(row.phase, row.name, row.set_name): row.value for row in session.query(JobMetric)}
    assert figures["before", "attack_success_rate", "sunglasses"] == 0.99
    assert figures["after", "clean_accuracy", ""] == 0.95
    assert figures["goodnet", "detection_rate", "sunglasses"] == 0.97
    assert ("after", "robust_accuracy", "sunglasses") not in figures


def test_finish_goes_through_once(session):
    claim = _running(session)
    assert jobs.finish(session, claim, OUTCOME)
    assert not jobs.finish(session, claim, OUTCOME)


def test_finish_with_an_old_token_changes_nothing(session):
    old = _running(session)
    jobs.release(session, old)
    new = factories.make_claim(session, jobs.get(session, old.job_id))
    assert not jobs.finish(session, old, OUTCOME)
    assert jobs.get(session, new.job_id).state == "starting"
    assert artifacts.list_artifacts(session, old.job_id) == []


def test_whoever_cancels_first_wins_over_finish(session):
    claim = _running(session)
    jobs.cancel(session, claim.job_id)
    assert not jobs.finish(session, claim, OUTCOME)
    job = jobs.get(session, claim.job_id)
    assert (job.state, job.verdict) == ("canceled", None)


def test_the_best_of_several_budgets_makes_the_headline(session):
    claim = _running(session)
    reports = {
        "drop-0.02": factories.make_report(verdict="partial", attack=0.4),
        "drop-0.04": factories.make_report(verdict="repaired", attack=0.03),
        "drop-0.08": factories.make_report(verdict="repaired", attack=0.01),
    }
    files = tuple(
        KeptFile(name=f"{name}/repaired.keras", sha256="c" * 64, n_bytes=3) for name in reports
    )
    reports = {name: _with_budget(report, name) for name, report in reports.items()}
    jobs.finish(session, claim, Outcome(reports=reports, files=files))
    job = jobs.get(session, claim.job_id)
    assert (job.attack_success_rate_after, job.repaired_model_path) == (
        0.01, "drop-0.08/repaired.keras",
    )  # fmt: skip


def test_a_headline_without_test_sets_is_not_measured_and_not_zero(session):
    claim = _running(session)
    report = factories.make_report(verdict="inconclusive").to_json()
    for phase in ("before", "after"):
        report[phase] = {"clean_accuracy": None, "per_class": {}, "attacks": []}
    jobs.finish(session, claim, Outcome(reports={"": RepairReport.from_json(report)}))
    job = jobs.get(session, claim.job_id)
    assert (job.clean_accuracy_after, job.attack_success_rate_after) == (None, None)


def test_fail_keeps_the_reason_and_the_log(session):
    claim = _running(session)
    log = KeptFile(name="job.log", sha256="d" * 64, n_bytes=9)
    assert jobs.fail(session, claim, errors.TrainingDiverged(epoch=3), files=(log,))
    job = jobs.get(session, claim.job_id)
    assert (job.state, job.error["code"]) == ("failed", "training-diverged")
    assert job.error["details"] == {"epoch": 3}
    assert [file.name for file in artifacts.list_artifacts(session, job.id)] == ["job.log"]


def test_fail_of_a_job_that_is_to_be_canceled_cancels_it(session):
    claim = _running(session)
    jobs.cancel(session, claim.job_id)
    assert jobs.fail(session, claim, errors.ChildFailed())
    job = jobs.get(session, claim.job_id)
    assert (job.state, job.error) == ("canceled", None)


def test_release_puts_the_job_back_without_counting_a_loss(session):
    claim = _running(session)
    assert jobs.release(session, claim)
    job = jobs.get(session, claim.job_id)
    assert (job.state, job.losses, job.sent_at, job.lease_until) == ("queued", 0, None, None)


def test_release_of_a_job_that_is_to_be_canceled_cancels_it(session):
    claim = _running(session)
    jobs.cancel(session, claim.job_id)
    assert jobs.release(session, claim)
    assert jobs.get(session, claim.job_id).state == "canceled"


def test_canceled_is_refused_when_nobody_asked(session):
    claim = _running(session)
    assert not jobs.canceled(session, claim)
    assert jobs.get(session, claim.job_id).state == "running"


@pytest.mark.parametrize("end", [jobs.release, jobs.canceled])
def test_no_end_goes_through_after_another(session, end):
    claim = _running(session)
    jobs.finish(session, claim, OUTCOME)
    assert not end(session, claim)
    assert jobs.get(session, claim.job_id).state == "succeeded"


def _with_budget(report, name):
    data = report.to_json()
    data["selection"]["max_accuracy_drop"] = float(name.removeprefix("drop-"))
    return RepairReport.from_json(data)
