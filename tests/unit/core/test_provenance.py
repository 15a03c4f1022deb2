import hashlib
import re
import subprocess
import sys

import h5py
import numpy as np

from core import data, provenance
from tests.architecture import tree

#: How docs/files.md tells anybody to make the hashes again.
RECIPE = re.search(
    r"### Which images were tuned on.*?```python\n(.*?)```",
    (tree.REPOSITORY / "docs" / "files.md").read_text(),
    re.DOTALL,
)[1]


def test_the_versions_are_those_installed():
    versions = provenance.versions()
    assert versions["tf-keras"].startswith("2.")
    assert all(versions.values())


def test_a_library_that_is_not_installed_is_left_out():
    assert provenance._version("no-such-library") is None


def test_the_hash_of_a_part_is_that_of_its_rows_one_to_a_line():
    rows = data.Split(tune=np.array([0, 2, 10]), select=np.array([1]))
    found = provenance.split(rows, seed=3)
    assert (found.n_tune, found.n_select, found.seed) == (3, 1, 3)
    assert found.tune_sha256 == hashlib.sha256(b"0\n2\n10\n").hexdigest()
    assert found.select_sha256 == hashlib.sha256(b"1\n").hexdigest()


def test_the_recipe_in_the_docs_gives_the_same_hashes(tmp_path):
    # Classes of one and two images among larger ones, in no order.
    labels = np.random.default_rng(5).permutation(np.repeat(np.arange(6), [40, 1, 13, 2, 3, 41]))
    with h5py.File(tmp_path / "valid.h5", "w") as file:
        file["label"] = labels.astype(np.float32)
    done = subprocess.run([sys.executable, "-c", RECIPE], cwd=tmp_path, capture_output=True)
    expected = provenance.split(data.split(labels, seed=0), seed=0)
    assert done.stdout.decode().split() == [expected.tune_sha256, expected.select_sha256], done
