"""Tables as CSV (RFC 4180), for spreadsheets and programs, sent row by row."""

import csv
import io
import itertools
from collections.abc import Iterable, Iterator, Sequence

import flask

#: Spreadsheets take text that begins so for a formula, which can read files and call servers.
_FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")

MEDIA_TYPE = "text/csv"


def answer(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> flask.Response:
    """A table as a download; the rows are asked for while it is sent.

    Args:
        name: What the caller may call the file.
        columns: What stands in the first line.
        rows: Texts, numbers or ``None``, which is an empty cell.
    """
    response = flask.Response(_lines(columns, rows), content_type=f"{MEDIA_TYPE}; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _lines(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    for row in itertools.chain([columns], rows):
        line = io.StringIO()
        csv.writer(line).writerow([_cell(value) for value in row])
        yield line.getvalue()


def _cell(value: object) -> object:
    """The value; before text that a spreadsheet would run stands a quote, so that it is shown."""
    if isinstance(value, str) and value.startswith(_FORMULA_MARKS):
        return f"'{value}"
    return value
