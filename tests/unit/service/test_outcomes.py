"""What came of batches."""

from service import batches, jobs, models, outcomes
from service.schemas import JobData
from tests import factories


def _succeed(session, job_id, **figures):
    claim = factories.make_claim(session, jobs.get(session, job_id))
    reports = {"": factories.make_report(**figures)}
    jobs.finish(session, claim, jobs.Outcome(reports=reports))


def test_a_page_counts_the_jobs_of_each_batch(session, owner, batch, job_ids):
    factories.fail_job(session, job_ids[0])
    batches.retry_failed(session, batch.id)
    other = factories.make_batch(session, owner)
    _succeed(session, batches.jobs_of(session, other.id)[0].id, verdict="partial")
    first, second = outcomes.page(session, batches.list_batches(session)).data
    assert (first.states, first.verdicts) == ({"queued": 1, "succeeded": 1}, {"partial": 1})
    assert (second.states, second.n_replaced, second.n_jobs) == ({"queued": 2}, 1, 3)


def test_the_best_job_of_a_model_is_told(session, batch, job_ids):
    _succeed(session, job_ids[0], verdict="partial", attack=0.2)
    _succeed(session, job_ids[1], verdict="partial", attack=0.1)
    (best,) = outcomes.view(session, batches.get(session, batch.id)).best
    assert (best.job_id, best.verdict, best.attack_success_rate_after) == (
        job_ids[1], "partial", 0.1,
    )  # fmt: skip


def test_the_matrix_has_each_job_in_its_place(session, owner):
    clean = [factories.make_dataset(session, owner).id for _ in range(2)]
    data = tuple(JobData(clean_validation=item) for item in clean)
    batch = factories.make_batch(session, owner, data=data)
    matrix = outcomes.matrix(session, batch)
    ids = [job.id for job in batches.jobs_of(session, batch.id)]
    assert [[cell.job_id for cell in row] for row in matrix.cells] == [ids[:2], ids[2:]]
    assert [row.data for row in matrix.rows] == ["bad net (1)", "bad net (2)"]
    assert [column.label for column in matrix.columns] == ["seed 0", "seed 1"]


def test_a_retry_takes_the_place_of_what_failed_in_the_matrix(session, batch, job_ids):
    factories.fail_job(session, job_ids[1])
    (again,) = batches.retry_failed(session, batch.id)
    (cells,) = outcomes.matrix(session, batches.get(session, batch.id)).cells
    assert [cell.job_id for cell in cells] == [job_ids[0], again.id]


def test_a_batch_of_deleted_models_keeps_its_names(session, batch, job_ids):
    assert {jobs.cancel(session, job_id).state for job_id in job_ids} == {"canceled"}
    models.delete(session, batch.request["models"][0])
    assert outcomes.matrix(session, batches.get(session, batch.id)).rows[0].model == "bad net"
