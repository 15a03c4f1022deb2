"""Every kind of error is documented, and provoked by a test."""

import inspect
import re

import pytest

import netmend.client.errors
import netmend.embedded.errors
from core import errors
from core.errors import ProjectError
from service import errors as service_errors
from tests.architecture import tree
from web import errors as web_errors
from web import problems

DOCS = tree.REPOSITORY / "docs"
TESTS = {
    path: text
    for path, text in tree.texts().items()
    if path.startswith(("tests/unit/", "tests/integration/"))
}
SERVICE = (errors, service_errors, web_errors)
COMMANDS = (netmend.client.errors, netmend.embedded.errors)
#: Roots of others, which are raised only where none of those fits, and what a client makes of a
#: code that it does not know.
ROOTS = {errors.ProjectError, netmend.client.errors.ProblemError}


def _classes(modules):
    known = {item for module in modules for _, item in inspect.getmembers(module, inspect.isclass)}
    kinds = {item for item in known if issubclass(item, ProjectError)}
    return sorted(kinds, key=lambda kind: kind.code)


def test_each_error_class_has_a_code_of_its_own():
    codes = [vars(kind).get("code") for kind in _classes((*SERVICE, *COMMANDS))]
    assert None not in codes
    assert len(set(codes)) == len(codes)


def test_each_error_of_the_service_is_in_one_chapter_of_the_catalogue():
    told = [kind for chapter in problems.CHAPTERS.values() for kind in chapter]
    assert sorted(told, key=lambda kind: kind.code) == _classes(SERVICE)


def test_the_page_of_errors_is_made_from_the_classes():
    assert (DOCS / "errors.md").read_text() == problems.markdown()


def test_the_page_of_commands_lists_exactly_their_errors():
    rows = (DOCS / "running.md").read_text().partition("## Errors of these commands")[2]
    listed = re.findall(r"^\| `([^`]+)` \|", rows, re.MULTILINE)
    ours = [kind.code for kind in _classes(COMMANDS) if kind.__module__.startswith("netmend.")]
    assert sorted([*listed, netmend.client.errors.ProblemError.code]) == sorted(ours)


@pytest.mark.parametrize(
    "kind", [kind for kind in _classes((*SERVICE, *COMMANDS)) if kind not in ROOTS],
    ids=lambda kind: kind.code,
)  # fmt: skip
def test_a_test_provokes_each_kind_of_error(kind):
    named = re.compile(rf"\b{kind.__name__}\b|[\"']{re.escape(kind.code)}[\"']")
    assert [path for path, text in TESTS.items() if named.search(text)] != []
