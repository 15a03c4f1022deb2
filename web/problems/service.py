"""What to do about what the service cannot do now."""

import types
from collections.abc import Mapping

from core.errors import ProjectError
from service import errors as service_errors

from .. import errors as web_errors
from .advice import Advice

NOT_NOW: Mapping[type[ProjectError], Advice] = types.MappingProxyType(
    {
        web_errors.TooManyStreams: Advice(
            when="As many event streams are open as there may be (`NETMEND_MAX_STREAMS`).",
            mend=(
                "Ask for the events as JSON, again and again; or close a stream that nobody looks "
                "at."
            ),
        ),
        service_errors.InsufficientStorage: Advice(
            when=(
                "The disk is full, or would become so (`NETMEND_MIN_FREE_BYTES`). A job is tried "
                "again after a while, and fails at the third time."
            ),
            mend="Make room; go on where the upload stopped, or retry the job.",
        ),
        service_errors.QueueUnavailable: Advice(
            when=(
                "The message broker cannot be reached. Jobs are accepted all the same, and start "
                "when it is back."
            ),
            mend="Start the broker; `NETMEND_BROKER_URL` says where it should be.",
        ),
        service_errors.DatabaseUnavailable: Advice(
            mend="Start it, or look at its load; `NETMEND_DATABASE_URL` says where it should be.",
        ),
        service_errors.TryFailed: Advice(
            when=(
                "The models could not be tried on pictures: the worker was lost, or it took too "
                "long."
            ),
            mend="Try again; `details.job_id` is the job, and has a log.",
        ),
        service_errors.DamagedFile: Advice(
            when=(
                "A file in storage is not what was stored: the disk or the bucket gave back "
                "something else. Nothing of it is handed out, and no job works on it."
            ),
            mend=(
                "Bring it back from a backup, upload it again, or run the job again: storing the "
                "same bytes mends it. `netmend doctor` and `netmend backup --with-files` look at "
                "the storage."
            ),
        ),
        service_errors.StorageUnavailable: Advice(
            when=(
                "The storage of files cannot be reached, or does not let us in. Jobs wait for it, "
                "and are not failed by it."
            ),
            mend=(
                "The message says whether the bucket is missing, the credentials are refused, or "
                "nobody answers; `NETMEND_STORAGE_URL` and `NETMEND_S3_ENDPOINT_URL` say where it "
                "should be."
            ),
        ),
        service_errors.BackupFailed: Advice(
            when="`netmend backup` could not copy the database. Nothing is left of the backup.",
            mend=(
                "The message quotes SQLite or `pg_dump`; a `pg_dump` older than the server "
                "refuses to work with it."
            ),
        ),
        service_errors.NoAccounts: Advice(
            when=(
                "The web server should listen where others reach it, and there is no admin yet. "
                "It does not start."
            ),
            mend="Make one: `netmend db upgrade --admin NAME`; or listen on 127.0.0.1.",
        ),
        service_errors.InvalidSettings: Advice(
            when="A setting is malformed or out of range. The process does not start.",
            mend="The message names the variable; [settings.md](settings.md) lists all of them.",
        ),
    }
)
