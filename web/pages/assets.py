"""Styles, scripts and pictures, at addresses that change with their content."""

import functools
import hashlib
from pathlib import Path

import flask

blueprint = flask.Blueprint("assets", __name__, url_prefix="/static")

_FOLDER = Path(__file__).resolve().parent.parent / "static"
_VERSION_DIGITS = 10
_YEAR_S = 365 * 24 * 3600


@blueprint.get("/<path:name>")
@blueprint.get("/at-<version>/<path:name>")
def show(name: str, version: str | None = None) -> flask.Response:
    """One file. At the address of this version it never changes, so it is asked for once."""
    response = flask.send_from_directory(_FOLDER, name, conditional=True)
    is_kept = version == _version()
    kept = f"public, max-age={_YEAR_S}, immutable" if is_kept else "no-cache"
    response.headers["Cache-Control"] = kept
    return response


def address(name: str) -> str:
    """Where a browser finds a file; what a script imports beside itself has the same version."""
    return flask.url_for("assets.show", version=_version(), name=name)


@functools.cache
def _version() -> str:
    """One for all files: a script that a page names and one that it imports are one script then."""
    digest = hashlib.sha256()
    for path in sorted(path for path in _FOLDER.rglob("*") if path.is_file()):
        digest.update(path.relative_to(_FOLDER).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:_VERSION_DIGITS]
