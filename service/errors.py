"""What can go wrong between a request and its row; the codes stand in docs/errors.md."""

from core.errors import ProjectError


class NotFound(ProjectError):
    """There is nothing with this id."""

    code = "not-found"


class Gone(ProjectError):
    """It lies in the trash."""

    code = "gone"


class PreviewDisabled(NotFound):
    """The data set shows people, so its pictures are shown on request only."""

    code = "preview-disabled"


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


class ByteQuotaExceeded(Forbidden):
    """You keep as many bytes as a user may keep."""

    code = "byte-quota-exceeded"


class FileQuotaExceeded(Forbidden):
    """You keep as many files as a user may keep."""

    code = "file-quota-exceeded"


class JobQuotaExceeded(Forbidden):
    """As many of your jobs wait and run as may."""

    code = "job-quota-exceeded"


class GpuQuotaExceeded(Forbidden):
    """Your jobs took as many minutes of GPUs in 30 days as they may."""

    code = "gpu-quota-exceeded"


class RateLimited(ProjectError):
    """You ask too often; wait as long as ``Retry-After`` says."""

    code = "too-many-requests"


class UploadOffsetMismatch(Conflict):
    """The bytes do not start where the upload has got to."""

    code = "upload-offset-mismatch"


class UploadIncomplete(Conflict):
    """Bytes of the upload are still missing."""

    code = "upload-incomplete"


class ChecksumMismatch(ProjectError):
    """The bytes are not those that the checksum stands for."""

    code = "checksum-mismatch"


class DamagedFile(ChecksumMismatch):
    """A file in storage is not what was stored; nothing of it is handed out."""

    code = "stored-file-damaged"


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


class StorageUnavailable(ProjectError):
    """The storage of files cannot be reached, or does not let us in."""

    code = "storage-unavailable"


class TryFailed(ProjectError):
    """The models could not be tried; that says nothing about the pictures."""

    code = "try-failed"


class BackupFailed(ProjectError):
    """The database was not copied."""

    code = "backup-failed"


class InvalidSettings(ProjectError):
    """A setting is missing or malformed."""

    code = "invalid-settings"


class NoAccounts(InvalidSettings):
    """Others could reach the service, and nobody has an account yet."""

    code = "no-accounts"


class WorkerLost(ProjectError):
    """The workers that had the job were lost, again and again."""

    code = "worker-lost"


class WebhookRefused(InvalidRequest):
    """Nothing may be sent to this address."""

    code = "webhook-refused"
