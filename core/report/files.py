"""Writing files so that each is there whole or not at all."""

import contextlib
from pathlib import Path

from .. import errors


def folder(path: Path) -> Path:
    """The folder, made where it was missing.

    Raises:
        OutputNotWritable: It cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _not_writable(path, error) from error
    return path


def write(path: Path, content: str | bytes) -> None:
    """Write a file under another name first, then give it its own.

    Raises:
        OutputNotWritable: The file cannot be written; nothing of it is left.
    """
    data = content.encode("utf-8", "replace") if isinstance(content, str) else content
    partial = path.with_name(f"{path.name}.partial")
    try:
        partial.write_bytes(data)
        partial.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise _not_writable(path, error) from error


def _not_writable(path: Path, error: OSError) -> errors.OutputNotWritable:
    reason = error.strerror or str(error)
    return errors.OutputNotWritable(
        f"cannot write {path}: {reason}; free some space or name a folder that can be written to",
        place=str(path), reason=reason,
    )  # fmt: skip
