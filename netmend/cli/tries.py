"""`netmend try`: what the models of a repair say to pictures."""

from pathlib import Path
from typing import Annotated

import typer

from service.schemas import ModelAnswerView, PictureAnswerView, PredictionView

from . import options, server, terminal
from .watch import JobId, Timeout

Pictures = Annotated[
    list[Path],
    typer.Argument(metavar="PICTURE...", help="PNG, JPEG or BMP files, or one data set."),
]
Budget = Annotated[
    float | None,
    typer.Option(min=0, max=1, metavar="SHARE", help="Which of several repairs; else the best."),
]
Top = Annotated[int, typer.Option(min=1, max=20, metavar="N", help="Classes of each answer.")]


def try_(  # noqa: PLR0913 - an argument is an option
    job_id: JobId,
    pictures: Pictures,
    *,
    budget: Budget = None,
    top: Top = 5,
    timeout: Timeout = None,
    url: server.Url = None,
    token: server.Token = None,
    as_json: options.AsJson = False,
) -> int:
    """Try pictures on the models of a repair: the one that came, the repaired one, and both.

    \b
    netmend try JOB face.png
    netmend try JOB face.png another.png --json
    """  # noqa: D301 - \b keeps the lines of the examples apart
    with server.connected(url, token) as client:
        found = client.predictions.of_job(
            job_id, pictures, budget=budget, top=top, timeout_s=timeout
        )
    if as_json:
        terminal.print_json(found.model_dump(mode="json"))
    else:
        _print(found)
    return 0


def _print(found: PredictionView) -> None:
    columns = ("Picture", "Before", "Repaired", "N+1 model")
    terminal.print_table(columns, (_row(picture) for picture in found.pictures))
    for note in found.notes:
        terminal.say(note, style="dim")


def _row(picture: PictureAnswerView) -> tuple[str, ...]:
    flagged = " (backdoored)" if picture.backdoored else ""
    return (
        picture.name,
        _told(picture.before),
        _told(picture.after),
        _told(picture.goodnet) + flagged,
    )


def _told(answer: ModelAnswerView | None) -> str:
    if answer is None:
        return "not asked"
    return f"{answer.label} ({answer.top[0].probability:.1%})"
