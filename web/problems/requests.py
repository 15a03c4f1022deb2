"""What to do about requests that are refused."""

import types
from collections.abc import Mapping

from core.errors import ProjectError
from service import errors as service_errors

from .. import errors as web_errors
from .advice import Advice

REFUSED: Mapping[type[ProjectError], Advice] = types.MappingProxyType(
    {
        web_errors.MalformedRequest: Advice(
            mend=(
                "The message says what was wrong with it; often the `Host` is not one of "
                "`NETMEND_TRUSTED_HOSTS`."
            ),
        ),
        web_errors.MalformedJson: Advice(
            mend="Send valid JSON; the message says where it stops being that.",
        ),
        web_errors.UnsupportedMediaType: Advice(
            mend=(
                "Send JSON with `Content-Type: application/json`; [api.md](api.md) says where it "
                "is something else."
            ),
        ),
        web_errors.NotAcceptable: Advice(
            mend="Leave `Accept` out, or name what there is: the message says it.",
        ),
        web_errors.MethodNotAllowed: Advice(
            mend="`Allow` names the methods that the address takes."
        ),
        service_errors.InvalidRequest: Advice(mend="`errors` names all of them at once."),
        service_errors.Unauthenticated: Advice(
            when="The request carries no token, or one that is not valid or was revoked.",
            mend="Send `Authorization: Bearer nmt_…`; `netmend up` prints a token.",
        ),
        service_errors.Forbidden: Advice(
            when="The token is valid but lacks the scope, or the role of its user does.",
            mend="Use a token with the scope that the message names, or ask an admin for a role.",
        ),
        web_errors.CsrfFailed: Advice(mend="Load the page again, and send the form from there."),
        web_errors.ForeignOrigin: Advice(
            mend=(
                "Send it from a page of this service; behind a proxy, name its address in "
                "`NETMEND_PUBLIC_URL`."
            ),
        ),
        service_errors.ByteQuotaExceeded: Advice(
            mend="Delete models, data sets, uploads or jobs; `GET /api/v1/me` says what counts.",
        ),
        service_errors.FileQuotaExceeded: Advice(mend="Delete models, data sets or uploads."),
        service_errors.JobQuotaExceeded: Advice(mend="Wait for some, or cancel them."),
        service_errors.GpuQuotaExceeded: Advice(
            mend="Wait until some of them are 30 days old, or ask for a processor.",
        ),
        service_errors.RateLimited: Advice(
            when=(
                "One address tried too many wrong tokens, or a user uploads or submits too often."
            ),
            mend="Wait as many seconds as `Retry-After` says.",
        ),
        service_errors.NotFound: Advice(mend="Check the id; perhaps it was deleted."),
        service_errors.Gone: Advice(
            when="The job lies in the trash.",
            mend="`POST /api/v1/jobs/{job_id}/restore` brings it back.",
        ),
        service_errors.PreviewDisabled: Advice(
            when=(
                "The data set was declared to show people, so its pictures are shown on request "
                "only."
            ),
            mend="Ask with `?show=true`.",
        ),
        service_errors.Conflict: Advice(
            when=(
                "The request does not fit the state that the thing is in: a model that is not "
                "ready, a clean set where a poisoned one is needed, an upload that somebody else "
                "is sending."
            ),
            mend="The details name the state. Wait, or ask for something else.",
        ),
        web_errors.PreconditionRequired: Advice(
            mend="Look at it, and send the `ETag` of the answer as `If-Match`.",
        ),
        service_errors.PreconditionFailed: Advice(
            when="Somebody else has changed it since you looked.",
            mend="Look at it again and send the new version as `If-Match`.",
        ),
        service_errors.IdempotencyKeyReused: Advice(mend="Make up a new key."),
        service_errors.IdempotencyInProgress: Advice(mend="Ask again in a moment."),
        service_errors.UploadOffsetMismatch: Advice(
            mend="`expected` is the offset to go on from; `HEAD` tells it too.",
        ),
        service_errors.UploadIncomplete: Advice(mend="Send the rest, from `received` on."),
        service_errors.UploadTooLarge: Advice(
            when="The upload is larger than was announced, or than `NETMEND_MAX_UPLOAD_BYTES`.",
            mend="Give fewer images, or raise the limit.",
        ),
        service_errors.WebhookRefused: Advice(
            when=(
                "Webhooks are off, or the address is not one of HTTPS on a host that "
                "`NETMEND_WEBHOOK_HOSTS` names."
            ),
            mend="Ask whoever runs the service to name the host.",
        ),
        service_errors.ChecksumMismatch: Advice(
            when="The bytes that arrived are not those of the checksum, and were thrown away.",
            mend="Send them again from the start.",
        ),
        service_errors.JobNotCancelable: Advice(mend="Nothing: look at its state."),
        service_errors.JobNotFinished: Advice(mend="Wait for it, or cancel it."),
        service_errors.ResourceInUse: Advice(
            when="A job that has not ended needs the model or the data set.",
            mend="`jobs` names some of them. Wait for them, or cancel them.",
        ),
        web_errors.RangeNotSatisfiable: Advice(mend="`Content-Range` says how long the file is."),
    }
)
