"""Templates, and how they say numbers, times and states."""

import datetime
import re
import types
from collections.abc import Mapping
from typing import Any

import flask
import flask_wtf.csrf
import markupsafe

from core import percentages

from .. import sessions
from . import assets

#: State of a job to the word that people read.
STATES: Mapping[str, str] = types.MappingProxyType(
    {
        "queued": "Waiting",
        "starting": "Starting",
        "running": "Running",
        "canceling": "Canceling",
        "succeeded": "Done",
        "failed": "Failed",
        "canceled": "Canceled",
    }
)
VERDICTS: Mapping[str, str] = types.MappingProxyType(
    {
        "repaired": "Repaired",
        "partial": "Partly repaired",
        "not_repaired": "Not repaired",
        "inconclusive": "Inconclusive",
        "unchanged": "Unchanged",
    }
)
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


def register(app: flask.Flask) -> None:
    """Teach the templates of an application our words."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        asset=assets.address,
        csrf_token=flask_wtf.csrf.generate_csrf,
        person=sessions.current,
        states=STATES,
        verdicts=VERDICTS,
    )
    app.jinja_env.filters.update(
        percent=percentages.percent, points=percentages.points,
        size=size, duration=duration, roughly=roughly, moment=moment, typeset=typeset,
        coded=coded, sentence=sentence, breakable=breakable,
    )  # fmt: skip


def page(template: str, *, status: int = 200, **values: Any) -> flask.Response:
    """A page from the template of that name; its address is told to nobody else's cache."""
    response = flask.Response(flask.render_template(f"pages/{template}", **values), status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def size(n_bytes: int) -> str:
    """A number of bytes in the unit that fits: ``2.3 MiB``."""
    amount, unit = float(n_bytes), 0
    while amount >= 1024 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1024, unit + 1
    return f"{amount:.1f} {_UNITS[unit]}" if unit else f"{n_bytes} {_UNITS[0]}"


def duration(seconds: float) -> str:
    """A time that passed: ``0.4 s``, ``12 s``, ``3 min 5 s``, ``2 h``."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "h"), (minutes, "min"), (0 if hours else rest, "s")]
    return " ".join(f"{amount} {unit}" for amount, unit in parts if amount)


def roughly(seconds: float) -> str:
    """A time that somebody expects: ``4 s``, ``3 min 5 s``."""
    return duration(seconds) if seconds >= 10 else f"{max(1, round(seconds))} s"


def moment(when: datetime.datetime) -> str:
    """A time of day in UTC; a script in the page says it in the time of the reader."""
    return f"{when:%Y-%m-%d %H:%M} UTC"


def typeset(text: str) -> str:
    """The text with numbers kept on one line with what belongs to them."""
    return _NUMBER_SPACE.sub("\N{NO-BREAK SPACE}", text)


def breakable(text: str) -> markupsafe.Markup:
    """A name that may go on in the next line after an underscore, as names of files want to."""
    return markupsafe.Markup("_<wbr>").join(text.split("_"))


def sentence(text: str) -> str:
    """The text with a capital, unless it begins with something that is named, such as a file."""
    first, *_ = text.split(" ", 1)
    return text if "." in first or "_" in first else f"{text[:1].upper()}{text[1:]}"


def coded(text: str) -> markupsafe.Markup:
    """Our advice, which is Markdown: what stands between backticks as code, documents by name."""
    parts = enumerate(_DOCUMENT.sub(r"`docs/\1`", text.replace("``", "`")).split("`"))
    code = markupsafe.Markup("<code>{}</code>")
    return markupsafe.Markup().join(
        code.format(part) if place % 2 else part for place, part in parts
    )


#: A link to a document that stands beside the one that is read.
_DOCUMENT = re.compile(r"\[([^\]]+)\]\(\1\)")
#: The space before a percent sign, and those around an equals or less-than sign.
_NUMBER_SPACE = re.compile(r" (?=[%=<] ?)|(?<= [=<]) (?=\d)")
