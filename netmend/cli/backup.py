"""`netmend backup`: a consistent copy of an installation."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich import filesize

from core import errors
from service.settings import Settings

from . import installation, options, terminal

if TYPE_CHECKING:
    from service.backup import Manifest

#: Something was lost before the backup was made.
_LOST = 1

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Is made, or verified.")]
WithFiles = Annotated[
    bool,
    typer.Option(
        "--with-files", help="Copy the stored files too; on the same disk they are links."
    ),
]
Verify = Annotated[bool, typer.Option("--verify", help="Read a backup and compare its hashes.")]


def backup(
    folder: Folder,
    *,
    with_files: WithFiles = False,
    verify: Verify = False,
    as_json: options.AsJson = False,
) -> int:
    """Back up the database, the list of the stored files, and these if wanted.

    The service may run meanwhile. docs/running.md says how a backup is restored.

    \b
    netmend backup backups/monday --with-files
    netmend backup backups/monday --verify
    """  # noqa: D301 - \b keeps the lines of the examples apart
    # Imported here because the other commands know no database.
    from service import backup as backups

    if verify and with_files:
        raise errors.InvalidInput("--verify makes no backup: leave --with-files out")
    manifest = backups.verify(folder) if verify else _make(folder, with_files=with_files)
    if as_json:
        terminal.print_json(_to_json(manifest))
    else:
        _print(manifest, folder, "Verified" if verify else "Made")
    return _LOST if manifest.lost else 0


def _make(folder: Path, *, with_files: bool) -> "Manifest":
    from service import backup as backups
    from service import storage

    settings = Settings()
    with installation.opened(settings) as engine:
        return backups.make(engine, storage.make_storage(settings), folder, with_files=with_files)


def _to_json(manifest: "Manifest") -> dict[str, object]:
    return {
        "made_at": manifest.made_at.isoformat(),
        "database": manifest.database.file,
        "command": manifest.database.command,
        "n_files": manifest.n_files,
        "n_bytes": manifest.n_bytes,
        "has_files": manifest.has_files,
        "lost": list(manifest.lost),
    }


def _print(manifest: "Manifest", folder: Path, done: str) -> None:
    files = f"{manifest.n_files} files, {filesize.decimal(manifest.n_bytes)}"
    terminal.say(
        f"{done} {folder}: {manifest.database.file or 'no database'}, "
        f"{'with' if manifest.has_files else 'a list of'} {files}."
    )
    if manifest.database.command:
        terminal.say(
            f"There is no pg_dump here. Where there is one, run in {folder}:", style="yellow"
        )
        terminal.print_lines([manifest.database.command])
    for name in manifest.lost:
        terminal.say(f"Lost before this backup: the stored file {name}", style="red")
