"""What the tables themselves refuse."""

import pytest
import sqlalchemy as sa

from service.tables import FINAL, LIVE, Job, JobInput, Model
from tests import factories


def _refuses(session, statement):
    with pytest.raises(sa.exc.IntegrityError), session.begin_nested():
        session.execute(statement)
    return True


def test_a_state_is_live_or_final_or_queued(session):
    job = factories.make_job(session)
    assert {*LIVE, *FINAL} == {
        "starting", "running", "canceling", "succeeded", "failed", "canceled",
    }  # fmt: skip
    assert _refuses(session, sa.update(Job).where(Job.id == job.id).values(state="sleeping"))


@pytest.mark.parametrize("state", LIVE)
def test_a_live_job_has_a_lease(session, state):
    job = factories.make_job(session)
    assert _refuses(session, sa.update(Job).where(Job.id == job.id).values(state=state))


def test_an_input_is_a_model_or_a_data_set(session):
    job = factories.make_job(session)
    neither = sa.update(JobInput).where(JobInput.job_id == job.id, JobInput.role == "model")
    assert _refuses(session, neither.values(model_id=None))


def test_a_row_belongs_to_somebody_who_is_there(session):
    model = factories.make_model(session)
    assert _refuses(session, sa.update(Model).where(Model.id == model.id).values(owner_id="none"))
