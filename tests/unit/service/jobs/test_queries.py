"""Looking at jobs: one, and pages of many."""

import datetime

import pytest

from service import errors, jobs
from service.schemas import JobFilter
from service.tables import Batch
from tests import factories


@pytest.mark.parametrize("job_id", ["0" * 36, "", "\x00", "../etc"])
def test_get_says_what_is_not_there(session, job_id):
    with pytest.raises(errors.NotFound, match="there is no job"):
        jobs.get(session, job_id)


def test_a_list_is_newest_first_in_pages_that_do_not_overlap(session):
    owner = factories.make_user(session)
    ids = [factories.make_job(session, owner).id for _ in range(5)]
    first = jobs.list_jobs(session, JobFilter(), limit=3)
    second = jobs.list_jobs(session, JobFilter(), limit=3, cursor=first.next)
    assert [job.id for job in (*first.rows, *second.rows)] == sorted(ids, reverse=True)
    assert (first.next, second.next) == (first.rows[-1].id, None)


@pytest.mark.parametrize(
    "wanted",
    [
        {"state": ("running", "canceled")},
        {"verdict": ("repaired",)},
        {"kind": "intake"},
        {"method": "fine-tuning"},
        {"owner": "0" * 36},
        {"model": "0" * 36},
        {"dataset": "0" * 36},
        {"tag": "other"},
        {"tag": "lab"},
        {"q": "glasses other"},
        {"q": "%"},
        {"q": "glassesa"},
        {"created_after": datetime.datetime(2200, 1, 1, tzinfo=datetime.UTC)},
    ],
    ids=str,
)
def test_a_filter_leaves_out_what_does_not_fit(session, wanted):
    factories.make_job(session, name="Sunglasses", tags=("lab3",))
    assert jobs.list_jobs(session, JobFilter(**wanted)).rows == ()


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"state": ("queued", "running")},
        {"kind": "repair", "method": "fine-pruning"},
        {"tag": "pr\u00fcfen"},
        {"q": "GLASSES"},
        {"q": "sun note"},
        {"created_after": datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)},
    ],
    ids=str,
)
def test_a_filter_keeps_what_fits(session, wanted):
    job = factories.make_job(session, name="Sunglasses", tags=("pr\u00fcfen", "b"), notes="a note")
    assert [found.id for found in jobs.list_jobs(session, JobFilter(**wanted)).rows] == [job.id]


def test_jobs_are_found_by_what_they_need(session):
    job = factories.make_job(session)
    factories.make_job(session)
    request = job.request
    by_model = jobs.list_jobs(session, JobFilter(model=request["model"]))
    by_dataset = jobs.list_jobs(session, JobFilter(dataset=request["data"]["clean_validation"]))
    assert [found.rows[0].id for found in (by_model, by_dataset)] == [job.id] * 2
    assert [len(found.rows) for found in (by_model, by_dataset)] == [1, 1]


def test_jobs_are_found_by_their_batch(session):
    job, _ = factories.make_job(session), factories.make_job(session)
    batch = Batch(owner_id=job.owner_id, request={}, n_jobs=1, n_open=1)
    session.add(batch)
    session.flush()
    job.batch_id = batch.id
    found = jobs.list_jobs(session, JobFilter(batch=batch.id)).rows
    assert [item.id for item in found] == [job.id]


@pytest.mark.parametrize("trash", [False, True])
def test_the_trash_is_a_list_of_its_own(session, trash):
    kept, thrown = factories.make_job(session), factories.make_job(session)
    thrown.deleted_at = datetime.datetime.now(datetime.UTC)
    session.flush()
    found = jobs.list_jobs(session, JobFilter(trash=trash)).rows
    assert [job.id for job in found] == [thrown.id if trash else kept.id]


@pytest.mark.parametrize(
    ("sort", "order"),
    [("created_at", [0, 1, 2]), ("-created_at", [2, 1, 0]), ("finished_at", [2, 0, 1])],
)
def test_a_list_is_sorted_as_asked(session, sort, order):
    ids = [factories.make_job(session).id for _ in range(3)]
    jobs.cancel(session, ids[2])
    found = jobs.list_jobs(session, JobFilter(), sort=sort).rows
    assert [job.id for job in found] == [ids[place] for place in order]


@pytest.mark.parametrize("sort", ["-created_at", "-finished_at", "attack_success_rate_after"])
@pytest.mark.parametrize("wanted", [{"tag": "rare"}, {"q": "odd"}, {"search": "odd OR tag:rare"}])
def test_words_find_the_same_jobs_in_each_order(session, sort, wanted):
    job = factories.make_job(session, name="odd")
    job.tags = ["rare"]
    factories.make_job(session, name="usual").tags = ["usual"]
    session.flush()
    found = jobs.list_jobs(session, JobFilter(**wanted), sort=sort).rows
    assert [item.id for item in found] == [job.id]


@pytest.mark.parametrize(("at_most", "told"), [(2, 2), (1, None)])
def test_jobs_are_counted_up_to_a_limit(session, at_most, told):
    owner = factories.make_user(session)
    wanted = JobFilter(owner=owner.id)
    assert {factories.make_job(session, owner).state for _ in range(2)} == {"queued"}
    assert jobs.count_jobs(session, wanted, at_most=at_most) == told


def test_inputs_are_named_in_the_order_in_which_people_name_them(session):
    images = factories.make_dataset(
        session, name="clean", options={"role": "clean", "people": True}
    )
    job = factories.make_job(session, data={"clean_validation": images.id})
    model, dataset = jobs.named_inputs_of(session, job.id)
    assert (model.role, model.name, model.shows_people) == ("model", "bad net", False)
    assert (dataset.role, dataset.name, dataset.shows_people) == ("clean_validation", "clean", True)
