"""A folder of results that appears whole or not at all."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from . import errors


def check_absent(folder: Path) -> None:
    """Refuse a folder that exists, before any work is done for it.

    Raises:
        OutputExists: It does.
    """
    if folder.exists():
        raise errors.OutputExists(
            f"the output folder {folder} exists; name another one or remove it",
            place=str(folder),
        )


@contextlib.contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """A new empty folder beside the wanted one, which takes its name when all went well.

    After an error, or an interruption, nothing is left of it.

    Raises:
        OutputExists: The folder is there already.
        OutputNotWritable: It cannot be made.
    """
    check_absent(folder)
    missing = [parent for parent in folder.parents if not parent.exists()]
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise errors.OutputNotWritable(
            f"cannot write to {folder.parent}: {error.strerror}", place=str(folder)
        ) from error
    with contextlib.ExitStack() as undo:
        undo.callback(_remove_empty, missing)
        undo.callback(shutil.rmtree, partial, ignore_errors=True)
        yield partial
        partial.chmod(0o755)  # mkdtemp makes it private
        partial.rename(folder)
        undo.pop_all()


def _remove_empty(folders: Iterable[Path]) -> None:
    """Take back the parents that were made, innermost first, where nobody else uses them yet."""
    with contextlib.suppress(OSError):
        for folder in folders:
            folder.rmdir()
