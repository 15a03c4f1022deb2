"""A slot is ready before its first job, and leaves nothing behind."""

from service import db, workers
from worker.tasks import Slot


def seen(shop):
    with db.session_scope(shop.services.engine, read_only=True) as session:
        return workers.list_workers(session, within_s=60)


def test_a_slot_does_jobs(shop):
    job_id = shop.repair_job()
    Slot(shop.services).work(job_id)
    assert shop.job(job_id).state == "succeeded"


def test_a_closed_slot_is_not_seen_any_more(shop):
    slot = Slot(shop.services)
    slot.open()
    slot.close()
    assert seen(shop) == []


def test_a_closed_slot_leaves_no_folder_of_an_attempt_that_is_over(shop):
    left = shop.services.settings.job_folder / "00000000-0000-7000-8000-000000000000.1"
    left.mkdir(parents=True)
    slot = Slot(shop.services)
    slot.open()
    slot.close()
    assert not left.exists()
