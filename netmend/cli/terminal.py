"""Where the command line writes: results to stdout, everything else to stderr."""

import json
import sys
import tempfile
import traceback
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from core import errors

#: Width of a table where there is no window to fit into.
_PLAIN_WIDTH = 120


def stdout() -> Console:
    """For results; colours and the width of the window on a terminal, plain text in a pipe."""
    return _fitted(Console())


def stderr() -> Console:
    """For progress and errors."""
    return _fitted(Console(stderr=True))


def say(text: str, *, style: str | None = None) -> None:
    """Write one line to stdout."""
    _write_line(stdout(), text, style)


def print_lines(lines: Iterable[object]) -> None:
    """Write a value a line to stdout."""
    sys.stdout.writelines(f"{line}\n" for line in lines)


def print_text(text: str) -> None:
    """Write text to stdout as it is."""
    sys.stdout.write(text)


def print_json(value: Any) -> None:
    """Write a result to stdout as JSON."""
    print_lines([json.dumps(value, indent=2, allow_nan=False)])


def print_table(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    """Write a table to stdout; what is in it is text, never markup or a terminal's command.

    A cell may have a style, as rich's `Text`.
    """
    headers = (Column(name, overflow="fold") for name in columns)
    table = Table(*headers, box=box.SIMPLE_HEAD, pad_edge=False, show_header=any(columns))
    for row in rows:
        table.add_row(*(_cell(content) for content in row))
    stdout().print(table)


def print_progress(console: Console, text: str) -> None:
    """Write one line of progress."""
    _write_line(console, text, None)


def print_error(error: errors.ProjectError, *, as_json: bool) -> None:
    """Say what went wrong: a line on stderr, and for programs an object on stdout."""
    if as_json:
        print_json({"error": errors.to_json(error)})
    _write_line(stderr(), f"error: {_with_hint(error)}", None)


def keep_trace(error: Exception) -> Path:
    """Write where an error came from into a log of its own; where that is."""
    lines = traceback.format_exception(error)  # with the notes: a child's own trace is one
    with tempfile.NamedTemporaryFile("w", prefix="netmend-", suffix=".log", delete=False) as log:
        log.writelines(lines)
    return Path(log.name)


def one_line(text: object) -> str:
    """The text on one line; what cannot be seen, such as a terminal's commands, is shown as �."""
    words = " ".join(str(text).split())
    return "".join(letter if letter.isprintable() else "�" for letter in words)


def _cell(content: object) -> Text:
    return content if isinstance(content, Text) else Text(one_line(content))


def _with_hint(error: errors.ProjectError) -> str:
    message, hint = str(error).rstrip("."), str(error.details.get("hint", ""))
    return message if hint in message else f"{message}; {hint}"


def _write_line(console: Console, text: str, style: str | None) -> None:
    console.print(one_line(text), style=style, markup=False, highlight=False, soft_wrap=True)


def _fitted(console: Console) -> Console:
    if not console.is_terminal:
        console.width = max(console.width, _PLAIN_WIDTH)
    return console
