"""Errors of the service."""

import pytest

from core import errors as core_errors
from service import errors


@pytest.mark.parametrize(
    "kind",
    [errors.UploadOffsetMismatch, errors.JobNotCancelable, errors.ResourceInUse],
)
def test_what_does_not_fit_the_state_is_a_conflict(kind):
    assert issubclass(kind, errors.Conflict)


def test_an_error_of_the_service_survives_json():
    error = core_errors.from_json(core_errors.to_json(errors.WorkerLost(losses=3)))
    assert isinstance(error, errors.WorkerLost)
    assert error.details == {"losses": 3}
