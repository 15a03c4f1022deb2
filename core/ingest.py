"""The child that meets an upload: checks one file and writes its canonical form.

One JSON request on stdin, one JSON line on stdout, ``{"result": facts}`` or ``{"error": …}``.
Exit codes: 0 done, 2 refused or failed for a reason that the line tells, 3 a bug, whose trace is
on stderr. It locks itself up before it looks at the file, and never loads TensorFlow.
"""

import json
import os
import sys
import sysconfig
import traceback
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

# HDF5 reads this once, when it is loaded: "::" forbids filter plug-ins, which are code.
os.environ["HDF5_PLUGIN_PRELOAD"] = "::"
# A read-only file system may refuse the lock that HDF5 takes, and nobody else writes to the file.
os.environ["HDF5_USE_FILE_LOCKING"] = "FALSE"
# numpy would start threads, and a thread that runs before the lock is not locked up.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

from . import architectures, data, errors, modelfile, sandbox, sheets
from .data import DatasetFacts, LabelledImages, PictureSource
from .modelfile import Architecture, ModelFile
from .modelfile.description import leaves

_DONE, _REFUSED, _BUG = 0, 2, 3
_OVERVIEW = "overview"


def main() -> int:
    """Check the one upload that stdin names."""
    try:
        sandbox.die_with_parent()
        facts = ingest(json.load(sys.stdin))
    except errors.ProjectError as error:
        return _fail(error, _REFUSED)
    except MemoryError:
        return _fail(errors.TooLarge("the file needs more memory than it may take"), _REFUSED)
    except Exception:  # noqa: BLE001 - the border: a bug is told as such, its trace goes to the log
        traceback.print_exc()
        return _fail(errors.InternalError(), _BUG)
    _tell({"result": facts})
    return _DONE


def ingest(request: Mapping[str, Any]) -> dict[str, Any]:
    """Lock this process up, check an upload and write its canonical form.

    Args:
        request: ``kind`` (``model``, ``images`` or ``pictures``), ``paths``, ``folder`` (is there,
            and empty), ``name``, ``limits``; for a model ``architecture`` and
            ``architecture_file``, for images and pictures ``layout`` and ``overview`` (whether to
            write one), for pictures ``fit`` (the shape to bring them to).

    Returns:
        What was found, and under ``sandbox`` how this process was locked up.

    Raises:
        ProjectError: The file cannot be used, or its canonical form not be written.
    """
    paths, folder = [Path(path) for path in request["paths"]], Path(request["folder"])
    architecture_file = request.get("architecture_file")
    others = [Path(architecture_file)] if architecture_file else []
    _refuse_unreadable([*paths, *others])
    sandbox.limit(sandbox.Limits(**request["limits"]))
    state = sandbox.lock([*paths, *others, *_libraries()], [folder])
    try:
        facts = _INGEST[request["kind"]](request, paths, folder)
    except errors.ProjectError as error:
        if request["name"] is None:
            raise  # several pictures have no name together, and the error names the one
        raise errors.about(error, request["name"]) from error
    return {**facts, "sandbox": asdict(state)}


def _model(request: Mapping[str, Any], paths: list[Path], folder: Path) -> dict[str, Any]:
    name = request["name"]
    model_file = modelfile.read(paths[0], architecture=_architecture(request), name=name)
    modelfile.save_canonical(model_file, folder)
    return _model_facts(model_file)


def _images(request: Mapping[str, Any], paths: list[Path], folder: Path) -> dict[str, Any]:
    images = data.open_images(paths[0], layout=request["layout"], name=request["name"])
    facts = data.save_canonical(images, folder)
    if request.get("overview"):
        _write_overview(folder, facts)
    return facts.to_json()


def _pictures(request: Mapping[str, Any], paths: list[Path], folder: Path) -> dict[str, Any]:
    fit = request.get("fit")
    images = data.open_pictures(
        paths, layout=request["layout"], name=request["name"], fit=tuple(fit) if fit else None
    )
    facts = data.save_canonical(images, folder)
    if request.get("overview"):
        _write_overview(folder, facts)
    return {**facts.to_json(), "original_sizes": _original_sizes(images)}


_INGEST = {"model": _model, "images": _images, "pictures": _pictures}


def _write_overview(folder: Path, facts: DatasetFacts) -> None:
    """Of what was written, not of the upload: that needs no third reader of foreign files."""
    images = data.load_canonical(folder)
    try:
        sheets.write(images, folder / _OVERVIEW, value_range=facts.value_range)
    except OSError as error:
        raise errors.OutputNotWritable(
            f"the preview could not be written: {error.strerror or error}", reason=str(error)
        ) from error


def _original_sizes(images: LabelledImages) -> list[tuple[int, int]] | None:
    """Width and height of each picture file; ``None`` for a data set."""
    source = images.source
    return list(source.original_sizes) if isinstance(source, PictureSource) else None


def _architecture(request: Mapping[str, Any]) -> Architecture | None:
    if request.get("architecture_file"):
        return architectures.read_json(Path(request["architecture_file"]))
    name = request.get("architecture")
    return architectures.named(name) if name else None


def _model_facts(model_file: ModelFile) -> dict[str, Any]:
    return {
        "name": model_file.name,
        "sha256": model_file.sha256,
        "container": model_file.container,
        "keras_version": model_file.keras_version,
        "input_shape": list(model_file.input_shape),
        "n_classes": model_file.n_classes,
        "n_parameters": model_file.n_parameters,
        "convolutions": list(model_file.convolutions),
        "layers": _layer_facts(model_file),
        "warnings": list(model_file.warnings),
    }


def _layer_facts(model_file: ModelFile) -> list[dict[str, Any]]:
    shapes = model_file.output_shapes
    return [
        {
            "name": name,
            "kind": layer.kind,
            # the input of a nested network is no layer of its own
            "output_shape": list(shapes[name]) if name in shapes else None,
            "n_parameters": _n_parameters(model_file, name),
        }
        for name, layer in leaves(model_file.architecture)
    ]


def _n_parameters(model_file: ModelFile, layer: str) -> int:
    weights = model_file.weights.get(layer)
    return sum(array.size for array in weights.arrays) if weights else 0


def _libraries() -> list[Path]:
    """Folders of Python and its packages, which load parts of themselves when first used."""
    places = {Path(sysconfig.get_path(kind)) for kind in ("stdlib", "platstdlib", "purelib")}
    return [place for place in places if place.is_dir()]


def _refuse_unreadable(paths: list[Path]) -> None:
    for path in paths:
        try:
            path.open("rb").close()
        except OSError as error:
            raise errors.UnreadableFile(
                f"{path.name} cannot be read: {error.strerror}", reason=error.strerror
            ) from error


def _fail(error: errors.ProjectError, exit_code: int) -> int:
    _tell({"error": errors.to_json(error)})
    return exit_code


def _tell(message: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
