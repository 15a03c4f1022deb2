"""A batch, for what is asked of batches."""

import pytest

from service import batches
from tests import factories


@pytest.fixture
def owner(session):
    return factories.make_user(session)


@pytest.fixture
def batch(session, owner):
    """Two jobs that wait."""
    return factories.make_batch(session, owner)


@pytest.fixture
def job_ids(session, batch):
    """The jobs of the batch."""
    return [job.id for job in batches.jobs_of(session, batch.id)]
