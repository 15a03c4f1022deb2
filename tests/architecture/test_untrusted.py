"""Nothing that comes from outside is run: what could is nowhere called, and plug-ins are off."""

import re

import pytest

from core.children import process
from tests.architecture import tree

#: Libraries that run or unpickle what a file holds, by the name they are imported by.
DANGEROUS = {"tables", "torch", "dill", "joblib", "cloudpickle", "jsonpickle", "pandas", "fickling"}
#: Calls that do, with all that stands before the last dot.
CALLS = {
    "yaml.load", "yaml.unsafe_load", "pd.read_hdf", "pd.read_pickle", "torch.load",
    "tf.saved_model.load", "tf.load_op_library", "os.system", "os.popen", "subprocess.getoutput",
    "importlib.import_module", "runpy.run_path", "code.interact",
}  # fmt: skip
#: Imports its own modules when they are first asked for; their names stand beside it.
IMPORTS_OF_OURS = {"netmend/__init__.py"}


def _places(wanted):
    return {place: name for place, name in _calls() if name in wanted}


def _calls():
    for place, node in tree.nodes():
        name = getattr(node, "func", None)
        if name is not None:
            yield place, tree.ast.unparse(name)


def test_no_library_is_imported_that_unpickles():
    found = [
        (path, name)
        for path, text in tree.texts().items()
        if path.startswith(tree.PACKAGES) and path.endswith(".py")
        for name in DANGEROUS
        if re.search(rf"^\s*(import|from) {name}\b", text, re.MULTILINE)
    ]
    assert found == []


def test_nothing_is_called_that_runs_what_a_file_holds():
    found = {place.partition(":")[0] for place in _places(CALLS)}
    assert found - IMPORTS_OF_OURS == set()


def test_no_program_is_run_through_a_shell():
    shells = [
        place
        for place, node in tree.nodes()
        for keyword in getattr(node, "keywords", [])
        if keyword.arg == "shell" and tree.ast.unparse(keyword.value) != "False"
    ]
    assert shells == []


def test_children_may_not_load_plug_ins_of_hdf5():
    assert process.environment({})["HDF5_PLUGIN_PRELOAD"] == "::"
    hostile = {"HDF5_PLUGIN_PRELOAD": "", "HDF5_PLUGIN_PATH": "/tmp/plugins"}
    assert process.environment(hostile)["HDF5_PLUGIN_PRELOAD"] == "::"
    assert "HDF5_PLUGIN_PATH" not in process.environment(hostile)


@pytest.mark.parametrize(("name", "line"), [
    ("Dockerfile", r"^\s+HDF5_PLUGIN_PRELOAD=:: "),
    ("docker-compose.yml", r'^\s+HDF5_PLUGIN_PRELOAD: "::"$'),
])  # fmt: skip
def test_containers_may_not_either(name, line):
    assert re.search(line, (tree.REPOSITORY / name).read_text(), re.MULTILINE)


def test_who_opens_hdf5_switches_plug_ins_off_before():
    for path, text in tree.texts().items():
        opens = path in {"core/ingest.py", "core/modelfile/hdf5.py"}
        position = text.find('os.environ["HDF5_PLUGIN_PRELOAD"] = "::"')
        assert not opens or 0 <= position < (text.find("import h5py") % (1 << 30)), path
