"""A folder of results that appears whole or not at all."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """A new empty folder beside the wanted one, which takes its name when all went well.

    After an error, or an interruption, nothing is left of it.

    Raises:
        OutputExists: The folder is there already.
        OutputNotWritable: It cannot be made.
    """
    check_absent(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise errors.OutputNotWritable(
            f"cannot write to {folder.parent}: {error.strerror}", place=str(folder)
        ) from error
    try:
        yield partial
        partial.chmod(0o755)  # mkdtemp makes it private
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
