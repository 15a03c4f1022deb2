"""Models are tried on a few pictures in a child: as they came, repaired, and both together."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from core import errors
from core.answers import AskedPicture
from core.requests import TryRequest
from service import jobs
from service.jobs import Outcome
from service.schemas import MAX_PICTURES

from . import crashpoints, inputs
from .attempts import Attempt, Settle


def work(attempt: Attempt) -> Settle:
    """Try the models that a job names on its pictures.

    Raises:
        InvalidInput: A picture cannot be used.
        Stopped: This attempt is over.
    """
    asked = attempt.claim.request
    models, input_shape = _models(attempt, asked)
    request = TryRequest(
        models=models,
        asked=_asked(attempt, asked["pictures"], input_shape),
        pictures=str(attempt.folder.inputs / inputs.PICTURES),
        preprocessing=asked["preprocessing"],
        top=asked["top"],
    )
    with inputs.killed_told():
        answers = _answers(attempt, request)
    crashpoints.reach("before_keep")
    crashpoints.reach("after_keep")  # the answers are kept with the end of the job
    attempt.check()
    return partial(jobs.finish, claim=attempt.claim, outcome=Outcome(result=answers))


def _models(attempt: Attempt, asked: Mapping[str, Any]) -> tuple[dict[str, str], Sequence[int]]:
    """The canonical folder of each model, and the shape that they take.

    What a job made is checked as any upload is.
    """
    folders, input_shape = {}, asked["input_shape"]
    for role, place in asked["models"].items():
        if "canonical_sha256" in place:
            folders[role] = inputs.unpack(attempt, place["canonical_sha256"], role)
        else:
            facts = inputs.ingest_model(attempt, place["sha256"], role)
            folders[role], input_shape = str(attempt.folder.inputs / role), facts["input_shape"]
    return folders, input_shape


def _asked(
    attempt: Attempt, pictures: Mapping[str, Any], input_shape: Sequence[int]
) -> tuple[AskedPicture, ...]:
    """The pictures to ask about; the folder that they are in is made."""
    if "files" in pictures:
        names = [file["name"] for file in pictures["files"]]
        hashes = [file["sha256"] for file in pictures["files"]]
        with inputs.named(_by_number(names)):
            facts = inputs.ingest_pictures(attempt, hashes, fit=input_shape)
        return _found(facts, names, input_shape)
    inputs.unpack(attempt, pictures["canonical_sha256"], inputs.PICTURES)
    return tuple(
        AskedPicture(name=f"{pictures['name']} {index}", index=index)
        for index in pictures["indices"]
    )


def _by_number(names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What the child calls a picture, to which one it is."""
    return {
        inputs.picture_name(number): {"file_name": name, "pointer": f"#/file/{number}"}
        for number, name in enumerate(names)
    }


def _found(
    facts: Mapping[str, Any], names: Sequence[str], input_shape: Sequence[int]
) -> tuple[AskedPicture, ...]:
    n_pictures, sizes = facts["n"], facts["original_sizes"]
    if n_pictures > MAX_PICTURES:
        raise errors.TooLarge(
            f"{names[0]} has {n_pictures} pictures; {MAX_PICTURES} can be tried at a time",
            expected=MAX_PICTURES, received=n_pictures,
        )  # fmt: skip
    if sizes is None:  # a data set, whose pictures stay as they are
        return tuple(
            AskedPicture(name=f"{names[0]} {index}", index=index) for index in range(n_pictures)
        )
    fitting = (input_shape[1], input_shape[0])
    return tuple(
        AskedPicture(name=name, index=index, resized_from=None if size == fitting else size)
        for index, (name, size) in enumerate(zip(names, map(_size, sizes), strict=True))
    )


def _size(told: Sequence[int]) -> tuple[int, int]:
    width, height = told
    return width, height


def _answers(attempt: Attempt, request: TryRequest) -> dict[str, Any]:
    attempt.limits.note_progress()  # the clock starts when the child does
    answers: dict[str, Any] = attempt.services.runner.run(
        {"kind": "try", "request": request.to_json()},
        folder=attempt.folder.root,
        on_event=attempt.on_event,
        watch=attempt.watch,
        time_limit_s=attempt.services.settings.predict_time_limit_s,
        is_short=True,
    )
    return answers
