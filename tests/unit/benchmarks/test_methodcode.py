import pytest

from benchmarks.repair import methodcode
from core import catalogue


@pytest.mark.parametrize("method", catalogue.METHODS)
def test_each_method_has_code(method):
    assert len(methodcode.method_hash(method)) == 16


def test_methods_of_other_code_differ():
    hashes = {methodcode.method_hash(method) for method in ("fine-tuning", "fine-pruning")}
    assert len(hashes) == 2


def test_what_a_method_imports_counts_and_other_methods_do_not():
    modules = methodcode._closure("core.methods.fine_tuning")
    assert {"core.methods.fine_tuning", "core.methods.base", "core.finetuning.loop"} <= modules
    assert "core.methods.fine_pruning" not in modules and "core.results" not in modules
