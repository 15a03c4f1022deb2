"""The files a command is given: each is checked by a child and put into canonical form."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from core import children, errors
from core.requests import PoisonedInput, TestInputs
from core.results import Event, Value

from ..testfiles import PoisonedFile, TestFiles
from . import progress
from .progress import OnEvent

Layout = Literal["auto", "NCHW", "NHWC"]


@dataclass(frozen=True, kw_only=True)
class Workplace:
    """A private folder for canonical forms, and who is told of progress."""

    folder: Path
    on_event: OnEvent

    def model(self, path: Path, architecture: str | None) -> dict[str, Any]:
        """What was found in a model file; its canonical form lies in ``model``."""
        self._tell(path)
        return children.ingest_model(
            path, self.place("model"), architecture=_name_or_file(architecture)
        )

    def images(
        self, path: Path, role: str, *, layout: Layout = "auto", name: str | None = None
    ) -> dict[str, Any]:
        """What was found in a data set; its canonical form lies in a folder named for its role."""
        self._tell(path)
        return children.ingest_images(path, self.place(role), layout=layout, name=name)

    def pictures(self, paths: Sequence[Path]) -> dict[str, Any]:
        """What was found in pictures to predict; their canonical form lies in ``pictures``."""
        self._tell(*paths)
        return children.ingest_pictures(paths, self.place("pictures"))

    def unlabelled(self, path: Path, *, layout: Layout = "auto") -> dict[str, Any]:
        """What was found in a file, or a folder of pictures, whose labels nobody reads.

        The canonical form lies in ``unlabelled``.
        """
        self._tell(path)
        return children.ingest_pictures(
            files_at(path), self.place("unlabelled"), layout=layout, name=path.name
        )

    def tests(self, files: TestFiles, *, layout: Layout) -> TestInputs:
        """The canonical forms of all test sets."""
        if files.clean:
            self.images(files.clean, "clean-test", layout=layout)
        return TestInputs(
            clean=str(self.place("clean-test")) if files.clean else None,
            poisoned=tuple(
                self._poisoned(item, f"poisoned-test-{number}", layout)
                for number, item in enumerate(files.poisoned, start=1)
            ),
        )

    def run(self, kind: str, request: Value) -> Any:
        """The answer of the child that does the work, as JSON data."""
        return children.run(
            {"kind": kind, "request": request.to_json()},
            on_event=self.on_event,
            folder=self.folder,
        )

    def place(self, role: str) -> Path:
        """Where the canonical form of an upload lies."""
        return self.folder / role

    def _poisoned(self, item: PoisonedFile, role: str, layout: Layout) -> PoisonedInput:
        self.images(item.path, role, layout=layout, name=item.name)
        return PoisonedInput(
            folder=str(self.place(role)), labels=item.labels, target_label=item.target_label
        )

    def _tell(self, *paths: Path) -> None:
        names = ", ".join(path.name for path in paths[:3])
        more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
        self.on_event(Event(stage="check", message=names + more))


@contextmanager
def workplace(*, beside: Path | None = None, quiet: bool) -> Iterator[Workplace]:
    """A workplace that is gone when the work is done, however it ends.

    Args:
        beside: Its folder is hidden in that folder, which has the room that the results need;
            without it, in the system's folder for temporary files.
        quiet: Show no progress.
    """
    with _temporary_folder(beside) as folder, progress.shown(quiet=quiet) as on_event:
        yield Workplace(folder=Path(folder), on_event=on_event)


def files_at(path: Path) -> list[Path]:
    """The file itself; of a folder, the files in it, in the order of their names.

    Raises:
        InvalidDataset: The folder has none.
    """
    if not path.is_dir():
        return [path]
    found = sorted(item for item in path.iterdir() if item.is_file() and item.name[0] != ".")
    if not found:
        raise errors.InvalidDataset(f"{path} has no pictures in it", place=str(path))
    return found


def check_readable(*paths: Path | None) -> None:
    """Refuse files that are not there before any work is done for the others.

    Raises:
        UnreadableFile: One of them cannot be opened; ``None`` stands for no file.
    """
    for path in paths:
        if path is not None:
            _open_once(path)


def _temporary_folder(beside: Path | None) -> tempfile.TemporaryDirectory[str]:
    folder = None if beside is None else _nearest_folder(beside)
    prefix = "netmend-" if folder is None else ".netmend-"
    try:
        return tempfile.TemporaryDirectory(prefix=prefix, dir=folder, ignore_cleanup_errors=True)
    except OSError as error:
        raise errors.OutputNotWritable(
            f"cannot write to {folder or tempfile.gettempdir()}: {error.strerror}",
            place=str(folder), reason=error.strerror,
        ) from error  # fmt: skip


def _nearest_folder(path: Path) -> Path:
    """The path, or the first folder above it that is there."""
    path = path.absolute()
    return next(folder for folder in (path, *path.parents) if folder.is_dir())


def _open_once(path: Path) -> None:
    try:
        path.open("rb").close()
    except OSError as error:
        raise errors.UnreadableFile(
            f"{path} cannot be read: {error.strerror}", place=str(path), reason=error.strerror
        ) from error


def _name_or_file(architecture: str | None) -> str | Path | None:
    if architecture is None:
        return None
    path = Path(architecture)
    return path if path.suffix == ".json" or path.exists() else architecture
