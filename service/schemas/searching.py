"""The search box over lists of jobs: ``state:failed OR tag:lab3 sunglasses``."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_OR = "OR"
#: Fields that can be searched, and the words that they can hold; none where any word will do.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "state": ("queued", "starting", "running", "canceling", "succeeded", "failed", "canceled"),
    "verdict": ("repaired", "partial", "not_repaired", "inconclusive", "unchanged"),
    "kind": ("repair", "diagnose", "intake", "predict"),
    "method": (),
    "tag": (),
}
#: More make a query that no database answers soon.
_MOST_TERMS = 20


@dataclass(frozen=True)
class Term:
    """Something that a job has to be: in one field, or, without one, in its name or notes."""

    field: str | None
    word: str


def parse(text: str) -> Sequence[Sequence[Term]]:
    """What was searched for: jobs that fit all terms of one of the alternatives.

    Raises:
        ValueError: A field is unknown, a word is missing, or a quote does not end.
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise ValueError(f"a quote does not end: {text}") from error
    if len(words) > _MOST_TERMS:
        raise ValueError(f"has {len(words)} words, and at most {_MOST_TERMS} are searched for")
    alternatives = [[_term(word) for word in part] for part in _split(words)]
    if not all(alternatives):
        raise ValueError(f"{_OR} stands between two things to search for")
    return alternatives


def checked(text: str) -> str:
    """The text, if it can be searched for.

    Raises:
        ValueError: As in `parse`.
    """
    parse(text)
    return text


def _split(words: Sequence[str]) -> Iterator[list[str]]:
    part: list[str] = []
    for word in words:
        if word == _OR:
            yield part
            part = []
        else:
            part.append(word)
    yield part


def _term(text: str) -> Term:
    field, colon, word = text.partition(":")
    if not colon:
        return Term(None, text)
    if field not in FIELDS:
        raise ValueError(f"there is no field {field!r}; there are {', '.join(FIELDS)}")
    allowed = FIELDS[field]
    if allowed and word not in allowed:
        raise ValueError(f"{field} is one of {', '.join(allowed)}, not {word!r}")
    if not word:
        raise ValueError(f"{field}: needs a word behind it")
    return Term(field, word)
