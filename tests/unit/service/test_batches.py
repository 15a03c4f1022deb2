"""Batches: many jobs as one thing."""

import functools
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.errors import InvalidParams
from service import batches, db, errors, jobs, models
from service.schemas import BatchMethod, JobData
from service.tables import Batch
from tests import factories


def _succeed(session, job_id):
    claim = factories.make_claim(session, jobs.get(session, job_id))
    jobs.finish(session, claim, jobs.Outcome())


def _state(session, batch_id):
    found = batches.get(session, batch_id)
    return found.n_jobs, found.n_open, found.finished_at is not None


def test_each_combination_is_a_job(session, owner):
    methods = (
        BatchMethod(name="fine-pruning"),
        BatchMethod(name="fine-tuning", params={"epochs": 2}),
    )
    batch = factories.make_batch(session, owner, methods=methods, max_accuracy_drops=(0.02, 0.1))
    asked = [job.request for job in batches.jobs_of(session, batch.id)]
    assert len(asked) == batch.n_jobs == batch.n_open == 8
    assert {(item["method"], *item["max_accuracy_drops"], item["seed"]) for item in asked} == {
        (method, budget, seed)
        for method in ("fine-pruning", "fine-tuning")
        for budget in (0.02, 0.1)
        for seed in (0, 1)
    }


def test_its_jobs_are_jobs_like_others(session, batch, job_ids):
    job = jobs.get(session, job_ids[0])
    assert (job.state, job.batch_id, job.retry_of, job.owner_id) == (
        "queued", batch.id, None, batch.owner_id,
    )  # fmt: skip
    assert {item.role for item in jobs.inputs_of(session, job.id)} == {"model", "clean_validation"}
    assert [event.seq for event in jobs.events_after(session, job.id)] == [1]


def test_more_jobs_than_there_may_be_are_refused(session, owner):
    with pytest.raises(errors.InvalidRequest, match="2 seeds are 2 jobs") as caught:
        batches.submit(session, owner.id, factories.make_batch_request(session, owner), max_jobs=1)
    assert caught.value.details["factors"]["seeds"] == 2


def test_all_that_is_wrong_is_named_and_nothing_is_made(session, owner):
    poisoned = factories.make_dataset(session, owner, role="poisoned").id
    data = (JobData(clean_validation=poisoned, poisoned_test=("0" * 36,)),)
    with pytest.raises(errors.Conflict) as caught:
        factories.make_batch(session, owner, data=data)
    assert [item["pointer"] for item in caught.value.details["errors"]] == [
        "#/data/0/clean_validation", "#/data/0/poisoned_test/0",
    ]  # fmt: skip
    assert batches.list_batches(session).rows == ()


def test_the_last_job_that_ends_closes_it(session, batch, job_ids):
    _succeed(session, job_ids[0])
    assert _state(session, batch.id) == (2, 1, False)
    factories.fail_job(session, job_ids[1])
    assert _state(session, batch.id) == (2, 0, True)


def test_two_jobs_that_end_at_once_close_it_once(engine):
    with db.session_scope(engine) as session:
        owner = factories.make_user(session)
        made = factories.make_batch(session, owner)
        claims = [factories.make_claim(session, job) for job in batches.jobs_of(session, made.id)]
    start = threading.Barrier(2)

    def end(claim):
        start.wait()
        with db.session_scope(engine) as session:
            jobs.finish(session, claim, jobs.Outcome())

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(end, claims))
    with db.session_scope(engine, read_only=True) as session:
        assert _state(session, made.id) == (2, 0, True)


def test_what_failed_is_tried_again_and_replaced(session, batch, job_ids):
    factories.fail_job(session, job_ids[0])
    (again,) = batches.retry_failed(session, batch.id)
    assert (again.retry_of, again.batch_id, again.request) == (
        job_ids[0], batch.id, jobs.get(session, job_ids[0]).request,
    )  # fmt: skip
    assert _state(session, batch.id) == (3, 2, False)
    assert {job.id for job in batches.jobs_of(session, batch.id)} == {again.id, job_ids[1]}


def test_a_batch_that_was_closed_is_open_again_for_a_retry(session, batch, job_ids):
    _succeed(session, job_ids[0])
    factories.fail_job(session, job_ids[1])
    (again,) = batches.retry_failed(session, batch.id)
    assert _state(session, batch.id) == (3, 1, False)
    _succeed(session, again.id)
    assert _state(session, batch.id) == (3, 0, True)


def test_what_was_tried_again_is_not_tried_twice(session, batch, job_ids):
    factories.fail_job(session, job_ids[0])
    batches.retry_failed(session, batch.id)
    assert batches.retry_failed(session, batch.id) == []


def test_two_who_retry_at_once_do_it_once(engine):
    with db.session_scope(engine) as session:
        owner = factories.make_user(session)
        batch = factories.make_batch(session, owner)
        factories.fail_job(session, batches.jobs_of(session, batch.id)[0].id)
    start = threading.Barrier(2)

    def retry(_):
        start.wait()
        with db.session_scope(engine) as session:
            batches.retry_failed(session, batch.id)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(retry, range(2)))
    with db.session_scope(engine, read_only=True) as session:
        assert _state(session, batch.id) == (3, 2, False)


def test_a_retry_by_hand_does_not_belong_to_the_batch(session, batch, job_ids):
    factories.fail_job(session, job_ids[0])
    assert jobs.retry(session, job_ids[0], {}).batch_id is None
    assert [job.id for job in batches.jobs_of(session, batch.id)] == job_ids


def test_what_cannot_be_tried_again_changes_nothing(session, batch, job_ids):
    factories.fail_job(session, job_ids[0])
    jobs.cancel(session, job_ids[1])
    models.delete(session, jobs.get(session, job_ids[0]).request["model"])
    with pytest.raises(errors.NotFound, match="there is no model"):
        batches.retry_failed(session, batch.id)
    assert _state(session, batch.id) == (2, 0, True)


def test_cancel_ends_what_waits_and_asks_what_runs(engine):
    with db.session_scope(engine) as session:
        owner = factories.make_user(session)
        batch = factories.make_batch(session, owner)
        factories.make_claim(session, batches.jobs_of(session, batch.id)[0])
    batches.cancel(functools.partial(db.session_scope, engine), batch.id)
    with db.session_scope(engine) as session:
        states = [job.state for job in batches.jobs_of(session, batch.id)]
        assert (states, _state(session, batch.id)) == (["canceling", "canceled"], (2, 1, False))


def test_cancel_of_nothing_says_so(engine):
    with pytest.raises(errors.NotFound):
        batches.cancel(functools.partial(db.session_scope, engine), "0" * 36)


def test_a_plan_makes_nothing(session, owner):
    wanted = factories.make_batch_request(session, owner)
    plan = batches.plan(session, wanted, max_jobs=500)
    assert [job.name for job in plan.jobs] == ["bad net · seed 0", "bad net · seed 1"]
    assert session.query(Batch).count() == 0


def test_a_declared_target_is_a_class_of_each_model(session, owner):
    facts = ({"n_classes": 10}, {"n_classes": 4})
    found = [factories.make_model(session, owner, name=f"{f['n_classes']}", facts=f) for f in facts]
    request = factories.make_batch_request(
        session, owner, models=tuple(model.id for model in found), goodnet={"targets": (7,)}
    )
    with pytest.raises(InvalidParams, match="target 7 is none of the 4 classes of '4'"):
        batches.plan(session, request, max_jobs=500)
