"""What can be wrong with a request before anything is asked of the service."""

from core import errors
from service import errors as service_errors


class MalformedRequest(errors.InvalidInput):
    """The request is not valid HTTP for this address."""

    code = "malformed-request"


class MalformedJson(errors.InvalidInput):
    """The body of the request is not JSON."""

    code = "malformed-json"


class UnsupportedMediaType(errors.InvalidInput):
    """The body of the request is of a kind that is not read here."""

    code = "unsupported-media-type"


class MethodNotAllowed(errors.InvalidInput):
    """The address does not take this method."""

    code = "method-not-allowed"


class PreconditionRequired(errors.InvalidInput):
    """An edit has to say which version it edits: send its ETag as ``If-Match``."""

    code = "precondition-required"


class NotAcceptable(errors.InvalidInput):
    """What there is, is not of a kind that the request accepts."""

    code = "not-acceptable"


class RangeNotSatisfiable(errors.InvalidInput):
    """The file has no such part."""

    code = "range-not-satisfiable"


class CsrfFailed(service_errors.Forbidden):
    """A form came without the mark of the page that it belongs to, perhaps from another site."""

    code = "csrf-failed"


class ForeignOrigin(service_errors.Forbidden):
    """A browser sent this from a page of another site."""

    code = "foreign-origin"


class TooManyStreams(errors.ProjectError):
    """As many event streams are open as there may be; ask for the events as JSON instead."""

    code = "too-many-streams"
