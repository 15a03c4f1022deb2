"""What can go wrong between a client and a server."""

from collections.abc import Mapping
from typing import Any

from core.errors import ProjectError


class ProblemError(ProjectError):
    """The server refused a request; `code` is its own code for that."""

    code = "problem"

    def __init__(
        self,
        message: str | None = None,
        /,
        *,
        code: str | None = None,
        status: int | None = None,
        **details: object,
    ) -> None:
        super().__init__(message, **details, **({} if status is None else {"status": status}))
        if code is not None:
            self.code = code
        #: HTTP status of the answer; ``None`` where there was none.
        self.status = status

    @property
    def message(self) -> str:
        """What is wrong, in a sentence."""
        return str(self)

    @property
    def hint(self) -> str | None:
        """What to do about it, where there is something to say."""
        hint = self.details.get("hint")
        return None if hint is None else str(hint)

    @property
    def is_mendable(self) -> bool:
        """Whether the request was wrong, rather than the server or the token."""
        return (
            self.status is not None and 400 <= self.status < 500 and self.status not in (401, 403)
        )


class ServerUnreachable(ProblemError):
    """The server did not answer."""

    code = "server-unreachable"


class NotNetmend(ProblemError):
    """What answered is not a netmend server, or one of another time."""

    code = "not-netmend"


class WrongChecksum(ProblemError):
    """What was downloaded is not what the server has; it was removed."""

    code = "download-damaged"


class FileChanged(ProblemError):
    """The file changed while it was uploaded."""

    code = "file-changed"


class WaitTimedOut(ProjectError):
    """The wait is over before the work is; the work goes on."""

    code = "wait-timed-out"


def from_problem(status: int, problem: Mapping[str, Any]) -> ProblemError:
    """The error that ``application/problem+json`` tells of."""
    known = ("detail", "code", "status", "type")
    facts = {str(key): value for key, value in problem.items() if key not in known}
    message = problem.get("detail") or problem.get("title") or f"the server answered {status}"
    return ProblemError(
        str(message), code=str(problem.get("code", "problem")), status=status, **facts
    )
