"""`netmend gc`: removes what nobody needs any more."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich import filesize

from service.settings import Settings

from . import installation, options, terminal

if TYPE_CHECKING:
    from service.garbage import Freed

_HOUR_S = 3600.0

DryRun = Annotated[bool, typer.Option("--dry-run", help="Remove nothing; say what would go.")]
GraceHours = Annotated[
    float,
    typer.Option(
        min=1, metavar="HOURS", help="Files that were stored within these hours stay in any case."
    ),
]


def gc(
    *, dry_run: DryRun = False, grace_hours: GraceHours = 24, as_json: options.AsJson = False
) -> int:
    """Remove files, uploads and rows that nobody needs any more. Safe while the service runs.

    \b
    netmend gc --dry-run
    netmend gc
    """  # noqa: D301 - \b keeps the lines of the examples apart
    # Imported here because the other commands know no database.
    from service import garbage, storage

    settings = Settings()
    with installation.opened(settings) as engine:
        this = garbage.Round(
            engine=engine,
            storage=storage.make_storage(settings),
            settings=settings,
            ages=garbage.Ages.of(settings, grace_s=grace_hours * _HOUR_S),
            dry_run=dry_run,
        )
        freed = list(garbage.collect(this))
    if as_json:
        terminal.print_json(_to_json(freed, dry_run=dry_run))
    else:
        _print(freed, dry_run=dry_run)
    return 0


def _to_json(freed: list["Freed"], *, dry_run: bool) -> dict[str, object]:
    return {
        "dry_run": dry_run,
        "n_bytes": sum(item.n_bytes for item in freed),
        "freed": [{"what": item.what, "n": item.n, "n_bytes": item.n_bytes} for item in freed],
    }


def _print(freed: list["Freed"], *, dry_run: bool) -> None:
    found = [item for item in freed if item.n]
    if found:
        rows = ((item.what, item.n, filesize.decimal(item.n_bytes)) for item in found)
        terminal.print_table(("Removed" if not dry_run else "Would go", "Number", "Size"), rows)
    total = filesize.decimal(sum(item.n_bytes for item in freed))
    terminal.say(f"{'Would free' if dry_run else 'Freed'} {total}.")
