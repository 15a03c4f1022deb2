"""Models of a server, tried on pictures."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core import errors as core_errors
from core.errors import UnreadableFile
from service.schemas import JobView, PredictionView

from . import transport
from .jobs import Jobs
from .transport import Transport

#: So long a server is asked to keep us waiting for the answer; after that we ask it.
_WAIT_S = 20


class Predictions:
    """What the models of a server say to pictures."""

    def __init__(self, server: Transport, jobs: Jobs) -> None:
        self._server = server
        self._jobs = jobs

    def of_job(
        self,
        job_id: str,
        pictures: Sequence[str | Path],
        *,
        budget: float | None = None,
        top: int = 5,
        timeout_s: float | None = None,
    ) -> PredictionView:
        """What the models of a repair say: the one that came, the repaired one, and both together.

        Args:
            job_id: A repair that has ended.
            pictures: PNG, JPEG or BMP files, or one set of pictures.
            budget: Which of several repairs; the best one if not given.
            top: How many classes of each answer to tell.
            timeout_s: So long at most.

        Raises:
            UnreadableFile: A picture cannot be opened.
            ProblemError: The server refused a picture.
            WaitTimedOut: There is no answer yet.
        """
        fields = {"budget": budget, "top": top}
        return self._ask(f"/jobs/{job_id}/predict", pictures, fields, timeout_s)

    def of_model(
        self,
        model_id: str,
        pictures: Sequence[str | Path],
        *,
        preprocessing: str | None = None,
        top: int = 5,
        timeout_s: float | None = None,
    ) -> PredictionView:
        """What a model says as it came; otherwise as `of_job`.

        ``preprocessing`` says how its inputs are scaled, if it was never repaired here.
        """
        fields = {"preprocessing": preprocessing, "top": top}
        return self._ask(f"/models/{model_id}/predict", pictures, fields, timeout_s)

    def _ask(
        self,
        path: str,
        pictures: Sequence[str | Path],
        fields: dict[str, Any],
        timeout_s: float | None,
    ) -> PredictionView:
        response = self._server.request(
            "POST",
            path,
            files=[("file", (Path(item).name, _content(Path(item)))) for item in pictures],
            data={name: str(value) for name, value in fields.items() if value is not None},
            headers={"Prefer": f"wait={_WAIT_S}"},
        )
        if response.status_code == 200:
            return transport.parsed(response, PredictionView)
        job = self._jobs.wait(transport.parsed(response, JobView).id, timeout_s=timeout_s)
        if job.result is None:
            raise core_errors.from_json(job.error or core_errors.to_json(core_errors.Canceled()))
        return PredictionView.model_validate({**job.result, "job_id": job.id})


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFile(
            f"{path} cannot be read: {error.strerror}", place=str(path), reason=error.strerror
        ) from error
