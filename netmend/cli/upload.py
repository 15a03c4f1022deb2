"""`netmend upload`: models and data sets to a server."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from core.results import Event
from service.schemas import DatasetRole, DatasetView, ModelView, SubjectView

from ..client.uploads import OnBytes
from . import options, progress, server, terminal, uploads
from .progress import OnEvent

File = Annotated[Path, typer.Argument(metavar="FILE", help="The file.")]
Name = Annotated[str | None, typer.Option(metavar="NAME", help="What it is to be called.")]
BuiltIn = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="For a file of weights alone: a built-in architecture."),
]
Role = Annotated[
    DatasetRole,
    typer.Option(help="Whether the images carry a trigger; or that nobody knows their classes."),
]
Labels = Annotated[
    Literal["auto", "target", "original"],
    typer.Option(help="What the labels of a poisoned set are."),
]
Target = Annotated[
    int | None, typer.Option(min=0, metavar="K", help="Class that the trigger forces.")
]


def make_app() -> typer.Typer:
    """The commands of `netmend upload`."""
    app = typer.Typer()
    app.callback()(_upload)
    app.command()(model)
    app.command()(dataset)
    return app


def model(  # noqa: PLR0913 - an argument is an option
    file: File,
    *,
    name: Name = None,
    architecture: BuiltIn = None,
    url: server.Url = None,
    token: server.Token = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> int:
    """Upload a model and wait until the server has checked it; prints its id.

    \b
    netmend upload model bad.h5
    """  # noqa: D301 - \b keeps the lines of the examples apart
    uploads.check_readable(file)
    with server.connected(url, token) as client, progress.shown(quiet=quiet) as on_event:
        added = client.models.add(
            file, name=name, architecture=architecture, on_bytes=telling(on_event, file)
        )
        on_event(Event(stage="check", message=file.name))
        found: ModelView = client.models.wait(added.id)
    _tell(found, as_json=as_json)
    return 0


def dataset(  # noqa: PLR0913 - an argument is an option
    file: File,
    *,
    name: Name = None,
    role: Role = "clean",
    layout: options.Layout = "auto",
    labels: Labels = "auto",
    target_label: Target = None,
    url: server.Url = None,
    token: server.Token = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> int:
    """Upload images and wait until the server has checked them; prints their id.

    \b
    netmend upload dataset valid.h5
    netmend upload dataset sunglasses.h5 --role poisoned
    netmend upload dataset street-photographs.zip --role unlabelled
    """  # noqa: D301 - \b keeps the lines of the examples apart
    uploads.check_readable(file)
    described: dict[str, Any] = {
        "name": name, "role": role, "layout": layout, "labels": labels,
        "target_label": target_label,
    }  # fmt: skip
    with server.connected(url, token) as client, progress.shown(quiet=quiet) as on_event:
        added = client.datasets.add(file, on_bytes=telling(on_event, file), **described)
        on_event(Event(stage="check", message=file.name))
        found: DatasetView = client.datasets.wait(added.id)
    _tell(found, as_json=as_json)
    return 0


def telling(on_event: OnEvent, file: Path) -> OnBytes:
    """A listener for the bytes of an upload."""

    def tell(sent: int, total: int) -> None:
        message = file.name if sent == 0 else None
        on_event(Event(stage="upload", current=sent, total=total, message=message))

    return tell


def _tell(found: SubjectView, *, as_json: bool) -> None:
    if as_json:
        terminal.print_json(found.model_dump(mode="json"))
    else:
        terminal.print_lines([found.id])


def _upload() -> None:
    """Upload a model or a set of images to a server.

    \b
    netmend upload model bad.h5
    netmend upload dataset valid.h5
    """  # noqa: D301 - \b keeps the lines of the examples apart
