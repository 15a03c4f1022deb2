"""Small changes to good files: bytes, and configurations in the places that a reader looks at."""

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from tests.fuzzing_files import seeds

_INTERESTING = (0, 1, 0x7F, 0x80, 0xFF)
_MOST_CHANGES = 8

GADGET = {"module": "os", "class_name": "function", "config": "mkdir", "registered_name": "mkdir"}
POISONS: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 7, 255, 65536, 1 << 31, 1 << 63, 10**18, 0.0, 0.5, -1.5, 1e308,
    float("nan"), float("inf"), "", "x", "relu", "../x", "<img>", "a\x00b", "é" * 200, "image",
    "conv", "same", "float16", "hard_silu", "Lambda", "TFOpLambda", "Add", "math.add", [], [[]],
    [0], [None, 6, 6, 3], [1, 2, 3, 4, 5], [["image", 0, 0]], ["image", 0, 0, {}],
    [["_CONSTANT_VALUE", -1, 3.0, {}]], [1] * 5000, {}, {"a": 1}, GADGET,
    {"class_name": "Lambda", "config": {"name": "lam", "function": ["4wAA", None, None]}},
    {"class_name": "__keras_tensor__", "config": {"keras_history": ["conv", 0, 0]}},
)  # fmt: skip
CLASSES = (
    "Conv2D", "DepthwiseConv2D", "SeparableConv2D", "Dense", "BatchNormalization", "Normalization",
    "Rescaling", "MaxPooling2D", "GlobalMaxPooling2D", "ZeroPadding2D", "UpSampling2D", "Flatten",
    "Reshape", "Activation", "ReLU", "Softmax", "Dropout", "Add", "Multiply", "Concatenate", "Dot",
    "InputLayer", "Sequential", "Functional", "Model",
)  # fmt: skip

#: A place in a configuration: the list or object that holds it, and where.
_Place = tuple[Any, Any]


def changed_bytes(rng: Random, content: bytes) -> bytes:
    """The content with one to eight changes."""
    mutated = bytearray(content)
    for _ in range(rng.randint(1, _MOST_CHANGES)):
        if mutated:
            rng.choice(_OF_BYTES)(rng, mutated)
    return bytes(mutated)


def changed_configuration(rng: Random, config: dict) -> str:
    """The text of the configuration with one to four changes, and perhaps some in the text."""
    mutated = json.loads(json.dumps(config))
    for _ in range(rng.randint(1, 4)):
        holder, key = rng.choice([*_places(mutated), (mutated, "config")])
        if isinstance(holder, list) or key in holder:
            rng.choice(_OF_CONFIGURATIONS)(rng, holder, key)
    text = json.dumps(mutated)
    if rng.random() < 0.1:
        return changed_bytes(rng, text.encode()).decode(errors="replace")
    return text


def _flip(rng: Random, content: bytearray) -> None:
    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)


def _overwrite(rng: Random, content: bytearray) -> None:
    start, value = rng.randrange(len(content)), rng.choice(_INTERESTING)
    width = rng.choice((1, 2, 4, 8))
    content[start : start + width] = bytes([value]) * width


def _scramble(rng: Random, content: bytearray) -> None:
    start = rng.randrange(len(content))
    content[start : start + 4] = rng.randbytes(4)


def _cut(rng: Random, content: bytearray) -> None:
    start = rng.randrange(len(content))
    del content[start : start + rng.randint(1, 64)]


def _truncate(rng: Random, content: bytearray) -> None:
    if rng.random() < 0.2:  # little is left to look at
        del content[rng.randrange(len(content)) :]


def _copy(rng: Random, content: bytearray) -> None:
    source, target = rng.randrange(len(content)), rng.randrange(len(content))
    length = rng.randint(1, 64)
    content[target : target + length] = content[source : source + length]


_OF_BYTES: tuple[Callable[[Random, bytearray], None], ...] = (
    _flip, _flip, _flip, _overwrite, _overwrite, _scramble, _cut, _truncate, _copy,
)  # fmt: skip


def _places(value: Any) -> Iterator[_Place]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in list(items):
        yield value, key
        if isinstance(item, dict | list):
            yield from _places(item)


def _poison(rng: Random, holder: Any, key: Any) -> None:
    holder[key] = json.loads(json.dumps(rng.choice(POISONS)))


def _remove(rng: Random, holder: Any, key: Any) -> None:
    if isinstance(holder, dict):
        holder.pop(key, None)
    elif len(holder) > 1:
        del holder[key]


def _repeat(rng: Random, holder: Any, key: Any) -> None:
    if isinstance(holder, list):
        holder.insert(key, json.loads(json.dumps(holder[key])))
    else:
        holder[f"{key}{rng.choice('_xs2')}"] = holder[key]


def _reclass(rng: Random, holder: Any, key: Any) -> None:
    if isinstance(holder, dict) and "class_name" in holder:
        holder["class_name"] = rng.choice(CLASSES)


def _scale(rng: Random, holder: Any, key: Any) -> None:
    if type(holder[key]) in (int, float):
        holder[key] = rng.choice((-1, 0, 2, 1000, 10**6)) * holder[key]


def _add_option(rng: Random, holder: Any, key: Any) -> None:
    if isinstance(holder, dict):
        option = rng.choice(
            ("units", "activation", "axis", "dtype", "mask", "size", "groups", "rate")
        )
        holder[option] = rng.choice(POISONS)


def _rewire(rng: Random, holder: Any, key: Any) -> None:
    if isinstance(holder[key], str):
        holder[key] = rng.choice(("image", "conv", "flat", "scores", "inner", "own", "in"))


_OF_CONFIGURATIONS: tuple[Callable[[Random, Any, Any], None], ...] = (
    _poison, _poison, _remove, _repeat, _reclass, _scale, _add_option, _rewire,
)  # fmt: skip


def case(seed: int, index: int, *, only_files: bool = False) -> seeds.Good | str:
    """A case: a file, or the text of a configuration.

    Args:
        seed: Of all cases.
        index: Which case.
        only_files: Give configurations in an archive.
    """
    rng = Random(f"{seed}/{index}")
    if rng.random() < 0.5:
        text = changed_configuration(rng, rng.choice(seeds.configurations()))
        return seeds.with_configuration(text) if only_files else text
    good = rng.choice(seeds.good_files())
    return seeds.Good(good.kind, good.suffix, changed_bytes(rng, good.content))
