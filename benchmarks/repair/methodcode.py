"""Which code a method runs: a row is measured again when it has changed, and only then."""

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from core import methods

#: What reads files, names values and tells people of them; it changes no weight.
_PLUMBING = {
    "core.answers", "core.catalogue", "core.data", "core.devices", "core.errors",
    "core.modelfile", "core.percentages", "core.report", "core.requests", "core.results",
    "core.statistics", "core.verdict",
}  # fmt: skip
_ROOT = Path(methods.__file__).parents[2]


def method_hash(method: str) -> str:
    """Of the module of a method and of all of core's science that it imports.

    Comments, docstrings and layout do not count.

    Args:
        method: A name of `core.methods.METHODS`.
    """
    modules = sorted(_closure(_module(method)))
    text = "\n".join(ast.dump(_without_docstrings(_tree(module))) for module in modules)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _module(method: str) -> str:
    """The module of a method; that of one that is imported late goes by its name."""
    module = methods.METHODS[method].__module__
    return f"core.methods.{method.replace('-', '_')}" if module == "core.methods" else module


def _closure(start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            waiting.extend(_imported(module))
    return found


@cache
def _imported(module: str) -> tuple[str, ...]:
    names = (name for node in ast.walk(_tree(module)) for name in _names(node, module))
    # The package of the methods imports all of them; a method depends on those it names.
    known = (name for name in names if _is_science(name) and name != "core.methods")
    return tuple(sorted({name for name in known if _file(name)}))


def _names(node: ast.AST, module: str) -> Iterator[str]:
    """What an import statement may mean: modules, or names inside of modules."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    if not isinstance(node, ast.ImportFrom):
        return
    base = _absolute(node, module)
    yield base
    yield from (f"{base}.{alias.name}" for alias in node.names)


def _absolute(node: ast.ImportFrom, module: str) -> str:
    parts = module.split(".")
    file = _file(module)
    is_package = file is not None and file.name == "__init__.py"
    package = parts if is_package else parts[:-1]
    kept = package[: len(package) - node.level + 1] if node.level else []
    return ".".join([*kept, *([node.module] if node.module else [])])


def _is_science(name: str) -> bool:
    return name.startswith("core.") and ".".join(name.split(".")[:2]) not in _PLUMBING


def _file(module: str) -> Path | None:
    """The file of a module of core; ``None`` for what is no module."""
    place = _ROOT.joinpath(*module.split("."))
    candidates = (place.with_suffix(".py"), place / "__init__.py")
    return next((path for path in candidates if path.is_file()), None)


@cache
def _tree(module: str) -> ast.Module:
    file = _file(module)
    assert file is not None, module
    return ast.parse(file.read_text(encoding="utf-8"))


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [item for item in body if not _is_text(item)]  # type: ignore[attr-defined]
    return tree


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
