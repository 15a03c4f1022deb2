"""The docs name every error, method and parameter there is, and nothing that is not."""

import inspect
import re

import pytest

from core import catalogue, errors
from service import errors as service_errors
from service import settings
from tests.architecture import tree

DOCS = tree.REPOSITORY / "docs"
MARKDOWN = [path for path in tree.files() if path.suffix == ".md"]
DECISIONS = sorted((DOCS / "adr").glob("*.md"))


def _error_classes():
    modules = (errors, service_errors)
    known = {item for module in modules for _, item in inspect.getmembers(module, inspect.isclass)}
    return [item for item in known if issubclass(item, errors.ProjectError)]


def test_each_error_class_has_a_code_of_its_own():
    codes = [vars(error).get("code") for error in _error_classes()]
    assert None not in codes
    assert len(set(codes)) == len(codes)


def test_docs_list_exactly_the_settings_there_are():
    assert (DOCS / "settings.md").read_text() == settings.markdown()


@pytest.mark.parametrize("method", catalogue.METHODS)
def test_docs_describe_each_method_and_its_parameters(method):
    assert _section(method) in (DOCS / "methods.md").read_text()


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_says_why_what_and_what_follows(path):
    headings = re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
    assert headings[0].startswith(f"{path.name[:4]} ")
    assert headings[1:] == ["Context", "Decision", "Consequences"]


def test_decisions_are_numbered_without_gaps():
    assert [path.name[:4] for path in DECISIONS] == [
        f"{number:04}" for number in range(1, len(DECISIONS) + 1)
    ]


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(path):
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text())
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: path.name)
def test_documents_name_only_make_words_there_are(path):
    named = set(re.findall(r"`make (?:[A-Z]+=\S+ )*([a-z0-9-]+)", path.read_text()))
    words = re.findall(r"^([a-z0-9-]+):.*## ", (tree.REPOSITORY / "Makefile").read_text(), re.M)
    assert named <= set(words)


def _section(method):
    params = catalogue.METHODS[method]
    properties = catalogue.json_schema(params)["properties"]
    rows = [_row(name, facts) for name, facts in properties.items()]
    head = ["| parameter | takes | default | what it is |", "|---|---|---|---|"]
    table = [*head, *rows] if rows else ["It has no parameters."]
    intro = [f"## {method}", "", params.summary, "", f"Source: {params.source}", ""]
    return "\n".join([*intro, *table, ""])


def _row(name, facts):
    takes = " or ".join(f"`{choice}`" for choice in facts.get("enum", ())) or _kind(facts)
    return f"| `{name}` | {takes} | `{_plain(facts['default'])}` | {facts['description']} |"


@pytest.mark.parametrize("method", catalogue.METHODS)
def test_the_numbers_of_a_card_are_those_of_the_benchmark(method):
    page, cards = ((DOCS / name).read_text() for name in ("benchmark.md", "methods.md"))
    common = page.partition("that every method was run on\n")[2].partition("\n## ")[0]
    (row,) = (line for line in common.splitlines() if line.startswith(f"| {method} |"))
    n_nets, excess, largest, drop = (cell.split(" [")[0] for cell in row.split(" | ")[1:5])
    card = cards.partition(f"\n## {method}\n")[2].partition("\n## ")[0]
    assert (
        f"**Our numbers.** On {n_nets} CIFAR-10 nets, in points: excess attack success {excess} "
        f"(largest {largest}), accuracy lost {drop}; medians of [benchmark.md](benchmark.md)."
    ) in card


def _kind(facts):
    limits = ", {minimum:.9g} to {maximum:.9g}".format(**facts) if "minimum" in facts else ""
    return facts["type"] + limits


def _plain(value):
    return str(value).lower() if isinstance(value, bool) else value
