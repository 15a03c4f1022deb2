"""`netmend inspect`: what was understood of a model or of a set of images."""

import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core import errors

from . import options, terminal, uploads
from .uploads import Layout, Workplace

#: What a model file is refused with that may still be a set of images.
_PERHAPS_IMAGES = (errors.NotAModel, errors.UnsupportedFormat)


def inspect(
    path: options.AnyFile,
    *,
    architecture: options.Architecture = None,
    layout: options.Layout = "auto",
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> int:
    """Show what is in a file, without running anything that is in it.

    \b
    netmend inspect bad.h5
    netmend inspect valid.h5 --json
    """  # noqa: D301 - \b keeps the lines of the examples apart
    uploads.check_readable(path)
    with uploads.workplace(quiet=quiet) as workplace:
        kind, facts = _understood(workplace, path, architecture, layout)
    if as_json:
        terminal.print_json({"kind": kind, **facts})
    elif kind == "model":
        _print_model(facts)
    else:
        _print_images(facts)
    return 0


def _understood(
    workplace: Workplace, path: Path, architecture: str | None, layout: Layout
) -> tuple[str, dict[str, Any]]:
    try:
        return "model", workplace.model(path, architecture)
    except _PERHAPS_IMAGES as refusal:
        try:
            return "images", workplace.images(path, "images", layout=layout)
        except (errors.NotADataset, errors.UnsupportedFormat):
            raise refusal from None


def _print_model(facts: Mapping[str, Any]) -> None:
    height, width, channels = facts["input_shape"]
    convolutions = ", ".join(facts["convolutions"]) or "none: fine-pruning has nothing to prune"
    rows = [
        ("model", facts["name"]),
        ("SHA-256", facts["sha256"]),
        ("container", _CONTAINERS[facts["container"]]),
        ("Keras version", facts["keras_version"] or "not said"),
        ("input", f"height {height}, width {width}, channels {channels}"),
        ("classes", f"{facts['n_classes']:,}"),
        ("parameters", f"{facts['n_parameters']:,}"),
        ("convolutions that can be pruned", convolutions),
        *(("warning", warning) for warning in facts["warnings"]),
    ]
    terminal.print_table(("", ""), rows)
    layers = [(item["name"], item["kind"], f"{item['n_parameters']:,}") for item in facts["layers"]]
    terminal.print_table(("Layer", "Kind", "Parameters"), layers)


def _print_images(facts: Mapping[str, Any]) -> None:
    n_images, height, width, channels = facts["shape"]
    low, high = facts["value_range"]
    rows = [
        ("images", facts["name"]),
        ("SHA-256", facts["sha256"]),
        ("number", f"{n_images:,}"),
        ("size", f"height {height}, width {width}, channels {channels}"),
        ("layout", facts["layout"]),
        ("stored as", facts["stored_dtype"]),
        ("pixel values", f"{low:g} to {high:g}"),
        ("labels", _labels(facts)),
        ("true labels", "given" if facts["has_true_label"] else "not given"),
    ]
    terminal.print_table(("", ""), rows)


def _labels(facts: Mapping[str, Any]) -> str:
    if facts["label_range"] is None:
        return "none"
    if facts["constant_label"] is not None:
        return f"all {facts['constant_label']}, as in a poisoned set"
    low, high = facts["label_range"]
    return f"{low} to {high}, {facts['n_classes']:,} different"


_CONTAINERS: Mapping[str, str] = types.MappingProxyType(
    {"h5": "HDF5 (.h5)", "keras": "Keras 3 (.keras)", "weights": "weights alone (.h5)"}
)
