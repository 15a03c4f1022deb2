"""What can go wrong between a request and its row; the codes stand in docs/errors.md."""

from core.errors import ProjectError


class NotFound(ProjectError):
    """There is nothing with this id."""

    code = "not-found"


class Conflict(ProjectError):
    """The request does not fit the state that the thing is in."""

    code = "conflict"


class InvalidRequest(ProjectError):
    """A field of the request is missing, unknown or out of range."""

    code = "invalid-request"


class Unauthenticated(ProjectError):
    """The request carries no token, or one that is not valid."""

    code = "unauthenticated"


class Forbidden(ProjectError):
    """The token does not allow this."""

    code = "forbidden"


class UploadOffsetMismatch(Conflict):
    """The bytes do not start where the upload has got to."""

    code = "upload-offset-mismatch"


class UploadIncomplete(Conflict):
    """Bytes of the upload are still missing."""

    code = "upload-incomplete"


class ChecksumMismatch(ProjectError):
    """The bytes are not those that the checksum stands for."""

    code = "checksum-mismatch"


class UploadTooLarge(ProjectError):
    """The upload is larger than it may be."""

    code = "upload-too-large"


class InsufficientStorage(ProjectError):
    """There is no room left to keep this."""

    code = "insufficient-storage"


class PreconditionFailed(ProjectError):
    """Somebody else has changed it in the meantime."""

    code = "precondition-failed"


class JobNotCancelable(Conflict):
    """The job has ended already."""

    code = "job-not-cancelable"


class JobNotFinished(Conflict):
    """The job has not ended yet."""

    code = "job-not-finished"


class ResourceInUse(Conflict):
    """A job that has not ended needs it."""

    code = "resource-in-use"


class IdempotencyKeyReused(ProjectError):
    """The idempotency key was used before, for another request."""

    code = "idempotency-key-reused"


class IdempotencyInProgress(Conflict):
    """The first request with this idempotency key has not been answered yet."""

    code = "idempotency-in-progress"


class QueueUnavailable(ProjectError):
    """The message broker cannot be reached."""

    code = "broker-unavailable"


class DatabaseUnavailable(ProjectError):
    """The database cannot be reached, or did not answer in time."""

    code = "database-unavailable"


class InvalidSettings(ProjectError):
    """A setting is missing or malformed."""

    code = "invalid-settings"


class WorkerLost(ProjectError):
    """The workers that had the job were lost, again and again."""

    code = "worker-lost"
