"""Strict JSON: bounded before it is parsed, and read in the one way that all readers share."""

import json
import math
import re
from typing import Any, NoReturn

from .. import errors

#: Characters; the configurations of the largest Keras applications stay below 1 MiB.
MAX_LENGTH = 4 << 20
MAX_DEPTH = 48
_MAX_DIGITS = 19

# To the end where a string has none, so that the text is looked at once and not once a quote.
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_BRACKET = re.compile(r"[\[\]{}]")


def parse(text: str, *, place: str) -> Any:
    """The value that a JSON text says.

    Args:
        text: The text.
        place: Where it stands in the file, for messages.

    Raises:
        TooLarge: Text, nesting or a number is larger than any real model needs.
        CorruptFile: It is not JSON.
        UnsafeModel: A key occurs twice, or a number is NaN or infinite.
    """
    if len(text) > MAX_LENGTH:
        raise errors.TooLarge(
            f"{place} has {len(text)} characters; at most {MAX_LENGTH} are read",
            place=place, expected=MAX_LENGTH, received=len(text),
        )  # fmt: skip
    if _depth(text) > MAX_DEPTH:
        raise errors.TooLarge(
            f"{place} is nested more than {MAX_DEPTH} deep", place=place, expected=MAX_DEPTH
        )
    reader = _Reader(place)
    try:
        return json.loads(
            text,
            object_pairs_hook=reader.pairs,
            parse_constant=reader.constant,
            parse_int=reader.whole_number,
            parse_float=reader.number,
        )
    except json.JSONDecodeError as error:
        raise errors.CorruptFile(f"{place} is not JSON: {error}", place=place) from error


def _depth(text: str) -> int:
    # A deep text must be refused before json.loads, which recurses.
    deepest = depth = 0
    for bracket in _BRACKET.findall(_STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


class _Reader:
    """Hooks of `json.loads`, which know the place they complain about."""

    def __init__(self, place: str) -> None:
        self._place = place

    def pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, value in pairs:
            if key in result:
                raise errors.UnsafeModel(
                    f"{self._place} has the key {key[:80]!r} twice in one object;"
                    " readers disagree on which one counts",
                    place=self._place, received=key[:80],
                )  # fmt: skip
            result[key] = value
        return result

    def constant(self, text: str) -> NoReturn:
        raise errors.UnsafeModel(
            f"{self._place} holds {text}; numbers must be finite", place=self._place, received=text
        )

    def whole_number(self, text: str) -> int:
        if len(text) > _MAX_DIGITS:
            raise errors.TooLarge(
                f"{self._place} holds a number of {len(text)} digits", place=self._place
            )
        return int(text)

    def number(self, text: str) -> float:
        value = float(text)
        return value if math.isfinite(value) else self.constant(text[:40])
