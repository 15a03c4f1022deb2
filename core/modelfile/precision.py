"""In which type of number a model computes; everything but float32 is read as float32."""

from collections.abc import Mapping
from typing import Any

from .. import errors
from . import options

FLOAT32 = "float32"
#: What is read as float32, and then said so.
_CAST = ("float64", "float16", "mixed_float16")
_POLICY_CLASSES = ("DTypePolicy", "Policy")


def declared(dtype: Any, place: str) -> str:
    """The name of a layer's ``dtype``, which may be a policy; float32 where nothing is said.

    Raises:
        UnsafeModel: It is not a type that is read.
    """
    name = dtype
    if options.is_keras_object(dtype) and dtype.get("class_name") in _POLICY_CLASSES:
        config = dtype.get("config")
        name = config.get("name") if isinstance(config, dict) and len(config) == 1 else dtype
    if name is None or name == FLOAT32:
        return FLOAT32
    if not isinstance(name, str) or name not in _CAST:
        raise errors.UnsafeModel(
            f"layer {place!r} computes in {str(name)[:80]!r}; read is {FLOAT32}, and"
            f" {', '.join(_CAST)} as {FLOAT32}",
            place=place, option="dtype", expected=[FLOAT32, *_CAST], received=str(name)[:80],
        )  # fmt: skip
    return name


def in_float32(config: Mapping[str, Any]) -> dict[str, Any]:
    """A checked layer's configuration that computes in float32."""
    if declared(config.get("dtype"), "") == FLOAT32:
        return dict(config)
    return {**config, "dtype": FLOAT32}


def warnings(found: set[str]) -> tuple[str, ...]:
    """What to say about the types that a model has."""
    cast = sorted(found - {FLOAT32})
    if not cast:
        return ()
    return (
        f"the model computes in {', '.join(cast)}; it is read, repaired and written in {FLOAT32},"
        " so its scores may differ in the last digits",
    )
