"""Tries models on a few pictures: as it came, repaired, and both together, side by side."""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import get_args

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from . import compatibility, data, devices, errors, modelfile, models, network, preprocessing
from .answers import Answers, AskedPicture, ModelAnswer, PictureAnswer, Score
from .finetuning import OnEvent
from .modelfile import ModelFile
from .preprocessing import Preprocessing
from .requests import ModelRole, TryRequest
from .results import Event

_GOODNET: ModelRole = "goodnet"


@devices.shortage_told()
def answer(request: TryRequest, on_event: OnEvent) -> Answers:
    """What each of the models says to each of the pictures.

    Args:
        request: Names the canonical folders; its pictures fit into memory.
        on_event: Told of each model.

    Raises:
        InvalidParams: Nothing says how to scale the pictures.
        WrongImageShape: The pictures are not of the size that the models take.
    """
    files = {role: modelfile.load_canonical(Path(request.models[role])) for role in _roles(request)}
    pictures = data.load_canonical(Path(request.pictures))
    for model_file in files.values():
        compatibility.check_images(model_file, _unlabelled(pictures), role="pictures")
    scaling = _scaling(request.preprocessing, files)
    indices = [picture.index for picture in request.asked]
    images = scaling.apply(pictures.at(indices))
    answers: dict[ModelRole, list[ModelAnswer]] = {}
    for role, model_file in files.items():
        on_event(Event(stage="predict", current=len(answers), total=len(files)))
        answers[role] = _told(_probabilities(role, model_file, images), request.top)
    n_classes = _n_classes(files)
    return Answers(
        pictures=_side_by_side(request.asked, pictures.labels[indices], answers, n_classes),
        n_classes=n_classes,
        preprocessing=scaling.name,
        notes=_notes(request.asked, pictures.shape),
    )


def _roles(request: TryRequest) -> list[ModelRole]:
    return [role for role in get_args(ModelRole) if role in request.models]


def _unlabelled(pictures: data.LabelledImages) -> data.LabelledImages:
    """The same pictures; a label that the model does not have is no reason not to look."""
    none = np.full(len(pictures), -1)
    return dataclasses.replace(pictures, labels=none, true_labels=None, class_names=None)


def _scaling(declared: str | None, files: Mapping[ModelRole, ModelFile]) -> Preprocessing:
    named = (model_file.metadata.get("preprocessing") for model_file in files.values())
    name = declared or next((item for item in named if isinstance(item, str)), None)
    if name is None:
        raise errors.InvalidParams(
            "nothing says how the inputs of the model are scaled; say it with preprocessing, "
            f"one of {', '.join(preprocessing.PREPROCESSINGS)}",
            field="preprocessing", expected=list(preprocessing.PREPROCESSINGS),
        )  # fmt: skip
    return preprocessing.named(name)


def _n_classes(files: Mapping[ModelRole, ModelFile]) -> int:
    """N: a good net has one class more."""
    return min(item.n_classes - (role == _GOODNET) for role, item in files.items())


def _probabilities(
    role: ModelRole, model_file: ModelFile, images: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    model = models.build(model_file)
    # Called as it is, without a graph: for a few pictures that would take longer than it saves.
    scores = model(images, training=False)
    # The N+1 scores of a good net are shares of 1 by the way it is built.
    is_distribution = role == _GOODNET or network.is_softmax(model)
    found: npt.NDArray[np.float32] = (scores if is_distribution else tf.nn.softmax(scores)).numpy()
    return found


def _told(probabilities: npt.NDArray[np.float32], top: int) -> list[ModelAnswer]:
    best = np.argsort(-probabilities, axis=1, kind="stable")[:, :top]
    return [
        ModelAnswer(
            label=int(labels[0]),
            top=tuple(Score(label=int(label), probability=float(row[label])) for label in labels),
        )
        for row, labels in zip(probabilities, best, strict=True)
    ]


def _side_by_side(
    asked: Sequence[AskedPicture],
    labels: npt.NDArray[np.int64],
    answers: Mapping[ModelRole, Sequence[ModelAnswer]],
    n_classes: int,
) -> tuple[PictureAnswer, ...]:
    flagged = answers.get(_GOODNET)
    return tuple(
        PictureAnswer(
            name=picture.name,
            resized_from=picture.resized_from,
            label=int(labels[place]) if labels[place] >= 0 else None,
            backdoored=flagged[place].label == n_classes if flagged else None,
            **{role: own[place] for role, own in answers.items()},
        )
        for place, picture in enumerate(asked)
    )


def _notes(asked: Sequence[AskedPicture], shape: tuple[int, ...]) -> tuple[str, ...]:
    resized = [picture for picture in asked if picture.resized_from is not None]
    if not resized:
        return ()
    return (
        f"{len(resized)} of {len(asked)} pictures were resized (bilinear, without keeping their "
        f"proportions) to the {shape[2]} x {shape[1]} pixels that the model takes; resizing can "
        "blur a trigger, so a picture of that size says more",
    )
