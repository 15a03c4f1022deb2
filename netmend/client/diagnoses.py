"""Models of a server, diagnosed: which classes look like targets of a backdoor."""

from service.schemas import DiagnosisView, JobView, ModelDiagnose

from .transport import Transport


class Diagnoses:
    """What a server finds suspicious about its models; never proof."""

    def __init__(self, server: Transport) -> None:
        self._server = server

    def submit(self, model_id: str, wanted: ModelDiagnose) -> JobView:
        """A new job, whose ``result`` is the diagnosis once it has succeeded."""
        return self._server.post(f"/models/{model_id}/diagnose", JobView, wanted)

    def newest(self, model_id: str) -> DiagnosisView:
        """The newest diagnosis of a model.

        Raises:
            ProblemError: There is none (``not-found``).
        """
        return self._server.get(f"/models/{model_id}/diagnosis", DiagnosisView)
