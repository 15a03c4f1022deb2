"""What the repository holds, what it must not hold, and how its code is written."""

import ast
import re
import statistics

import pytest

from tests.architecture import tree

MIB = 1024 * 1024
# Brackets keep these patterns from finding themselves; /home/me and /home/you are nobody's.
MACHINE_PATH = re.compile(r"(?<![\w.:$}])/(?:work|root|home|Users|opt|mnt)/(?!me\b|you\b)\w")
PACKAGE_HOST = re.compile(r"py[p]i\.|python[h]osted|index-ur[l] ?=|anaconda\.or[g]")
UNPICKLING = {"pickle", "marshal", "dill", "cloudpickle", "joblib", "shelve"}
RUNS_WHAT_IT_IS_GIVEN = {"eval", "exec", "compile", "__import__"}
NUMPY_READERS = {"np.load", "np.lib.format.read_array", "format.read_array"}
KERAS_LOADERS = {
    "load_model", "load_weights", "from_config", "model_from_json", "clone_model", "deserialize",
}  # fmt: skip
OURS = {"modelfile.from_config"}
MAY_CATCH_EVERYTHING = {
    "core/__main__.py", "core/ingest.py", "netmend/cli/__init__.py", "worker/supervisor.py",
}  # fmt: skip


def test_no_model_data_set_or_photo_is_kept_in_git():
    refused = {".h5", ".hdf5", ".keras", ".npz", ".npy", ".pkl", ".jpg", ".jpeg", ".bmp"}
    assert [path for path in tree.files() if path.suffix.lower() in refused] == []


def test_no_file_is_larger_than_a_mebibyte():
    assert [path for path in tree.files() if path.stat().st_size > MIB] == []


@pytest.mark.parametrize("pattern", [MACHINE_PATH, PACKAGE_HOST], ids=["path", "host"])
def test_no_file_names_a_machine_path_or_a_package_host(pattern):
    assert [path for path, text in tree.texts().items() if pattern.search(text)] == []


def test_nothing_unpickles():
    assert [place for place, node in tree.nodes() if UNPICKLING & _imported(node)] == []


def test_nothing_runs_what_it_is_given():
    assert [p for p, node in tree.nodes() if _called(node) in RUNS_WHAT_IT_IS_GIVEN] == []


def test_keras_never_loads_a_file_for_us():
    calls = [(p, _called(node)) for p, node in tree.nodes() if _called_last(node) in KERAS_LOADERS]
    assert [(place, call) for place, call in calls if call not in OURS] == []


def test_numpy_is_told_not_to_unpickle():
    loads = [(place, node) for place, node in tree.nodes() if _called(node) in NUMPY_READERS]
    assert [place for place, node in loads if _allow_pickle(node) != "False"] == []


def test_nothing_allows_pickle():
    calls = [(place, node) for place, node in tree.nodes() if isinstance(node, ast.Call)]
    assert [place for place, node in calls if _allow_pickle(node) not in {None, "False"}] == []


def test_only_the_borders_catch_everything():
    blind = {place.partition(":")[0] for place, node in tree.nodes() if _catches_all(node)}
    assert blind <= MAY_CATCH_EVERYTHING


def test_no_module_is_called_utils():
    assert [path for path in tree.modules() if re.search(r"utils|helpers|misc", path.stem)] == []


def test_no_function_is_longer_than_fifty_lines():
    assert [item for item in tree.functions() if item.n_lines > 50] == []


def test_nine_functions_of_ten_are_shorter_than_thirty_lines():
    lengths = [item.n_lines for item in tree.functions()]
    assert statistics.quantiles(lengths, n=10)[-1] < 30


def test_half_of_the_functions_have_eight_lines_or_fewer():
    assert statistics.median(item.n_lines for item in tree.functions()) <= 8


def test_no_module_is_longer_than_three_hundred_lines():
    lengths = {path: len(path.read_text().splitlines()) for path in tree.modules()}
    assert {path: length for path, length in lengths.items() if length > 300} == {}


def _called(node):
    return ast.unparse(node.func) if isinstance(node, ast.Call) else None


def _called_last(node):
    return (_called(node) or "").rpartition(".")[2]


def _imported(node):
    if isinstance(node, ast.Import):
        return {alias.name.partition(".")[0] for alias in node.names}
    return {(node.module or "").partition(".")[0]} if isinstance(node, ast.ImportFrom) else set()


def _allow_pickle(call):
    given = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
    return given.get("allow_pickle")


def _catches_all(node):
    kind = node.type if isinstance(node, ast.ExceptHandler) else ast.Name("")
    return kind is None or ast.unparse(kind) in {"Exception", "BaseException"}
