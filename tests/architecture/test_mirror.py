"""Each module of ours has its unit tests where one looks for them."""

import pytest

from tests.architecture import tree

UNIT = tree.REPOSITORY / "tests" / "unit"


def _nouns():
    """What stands right below `core` and `netmend`; the parts of a package may share a file."""
    parts = {path.relative_to(tree.REPOSITORY).parts[:2] for path in tree.modules()}
    nouns = {(package, noun.removesuffix(".py").strip("_")) for package, noun in parts}
    return sorted(nouns - {(package, "init") for package in tree.PACKAGES})


@pytest.mark.parametrize(("package", "noun"), _nouns())
def test_it_has_unit_tests(package, noun):
    tests = [*UNIT.glob(f"{package}/test_{noun}.py"), *UNIT.glob(f"{package}/{noun}/test_*.py")]
    assert tests, f"no tests/unit/{package}/test_{noun}.py and no tests/unit/{package}/{noun}/"
