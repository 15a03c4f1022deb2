"""`Client`: a netmend server from Python; loads neither TensorFlow nor SQLAlchemy.

with Client("http://127.0.0.1:8400", token) as client:
    model = client.models.add("bad.h5")
    images = client.datasets.add("valid.h5")
    job = client.jobs.submit(JobCreate(model=model.id, data=JobData(clean_validation=images.id)))
    print(client.jobs.wait(job.id).verdict)
"""

from types import TracebackType
from typing import Self

import httpx

from service.schemas import BatchCreate, BatchMethod, JobCreate, JobData, ModelDiagnose

from .batches import Batches
from .diagnoses import Diagnoses
from .errors import ProblemError, ServerUnreachable, WaitTimedOut
from .jobs import Jobs
from .predictions import Predictions
from .subjects import Datasets, Models
from .transport import Transport
from .uploads import Uploads

__all__ = [
    "BatchCreate",
    "BatchMethod",
    "Client",
    "JobCreate",
    "JobData",
    "ModelDiagnose",
    "ProblemError",
    "ServerUnreachable",
    "WaitTimedOut",
]


class Client:
    """A server and what it has; every method waits for the answer.

    Args:
        url: Address of the server, as `netmend up` prints it.
        token: Bearer token.
        transport: How bytes travel, in httpx's words.
    """

    def __init__(
        self, url: str, token: str | None, *, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._server = Transport(url, token, inner=transport)
        self.uploads = Uploads(self._server)
        self.models = Models(self._server, self.uploads)
        self.datasets = Datasets(self._server, self.uploads)
        self.jobs = Jobs(self._server)
        self.predictions = Predictions(self._server, self.jobs)
        self.diagnoses = Diagnoses(self._server)
        self.batches = Batches(self._server)

    @property
    def url(self) -> str:
        """Address of the server."""
        return self._server.url

    def check(self) -> None:
        """Ask the server for something small.

        Raises:
            ProblemError: The token is not valid.
            ServerUnreachable: There is no answer.
        """
        self._server.request("GET", "/methods")

    def close(self) -> None:
        """Let go of the connections."""
        self._server.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
