"""What the architecture tests look at: files, modules, functions."""

import ast
import fnmatch
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGES = ("core", "netmend", "service", "web", "worker")


@dataclass(frozen=True, kw_only=True)
class Function:
    """A function of ours; its length is its lines without the docstring."""

    place: str
    n_lines: int


def files() -> list[Path]:
    """What git has or would take; where there is no git, everything that it would not ignore."""
    return [path for path in _known_to_git() or _not_ignored() if path.is_file()]


def texts() -> dict[str, str]:
    """Path in the repository to the text of each file that is text."""
    return {str(path.relative_to(REPOSITORY)): _text(path) for path in files()}


def modules() -> list[Path]:
    """All Python files of our packages."""
    return [path for package in PACKAGES for path in sorted((REPOSITORY / package).rglob("*.py"))]


def syntax_trees() -> dict[str, ast.Module]:
    """Path in the repository to the syntax tree of each of `modules`."""
    return {str(path.relative_to(REPOSITORY)): ast.parse(path.read_text()) for path in modules()}


def nodes() -> Iterator[tuple[str, ast.AST]]:
    """Every piece of syntax of our packages, with its place as ``path:line``."""
    for path, tree in syntax_trees().items():
        for node in ast.walk(tree):
            yield f"{path}:{getattr(node, 'lineno', 1)}", node


def functions() -> list[Function]:
    """All functions and methods of our packages."""
    return [
        Function(place=f"{place} {node.name}", n_lines=_length(node))
        for place, node in nodes()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def _known_to_git() -> list[Path]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listing = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    except FileNotFoundError:
        return []
    return [REPOSITORY / name for name in listing.stdout.split("\0") if name]


def _not_ignored() -> list[Path]:
    patterns = [line.strip("/") for line in (REPOSITORY / ".gitignore").read_text().split()]
    found = []
    for folder, subfolders, names in os.walk(REPOSITORY):
        subfolders[:] = [name for name in subfolders if not _ignored(name, [*patterns, ".git"])]
        found += [Path(folder, name) for name in names if not _ignored(name, patterns)]
    return found


def _ignored(name: str, patterns: list[str]) -> bool:
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = function.body[0]
    has_docstring = ast.get_docstring(function) is not None
    docstring = first.end_lineno - first.lineno + 1 if has_docstring else 0
    return function.end_lineno - function.lineno + 1 - docstring
