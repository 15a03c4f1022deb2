"""Memory is bounded by a chunk, not by the file."""

import subprocess
import sys

import numpy as np
import pytest

from tests.unit.core.data import files

MIB = 2**20
#: Prints by how many MiB reading a file raises the peak; arguments: file, canonical folder.
PROGRAM = """
import resource, sys
from pathlib import Path
from core import data

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

before = peak()
images = data.open_images(Path(sys.argv[1]))
total = sum(len(chunk) for chunk in images.chunks(256))
data.save_canonical(images, Path(sys.argv[2]))
total += sum(len(chunk) for chunk in data.load_canonical(Path(sys.argv[2])).chunks(256))
assert total == 2 * len(images)
print(peak() - before)
"""


@pytest.mark.parametrize("packing", [{}, {"chunks": (301, 1, 14, 12), "compression": "gzip"}])
def test_a_large_file_is_never_in_memory(tmp_path, packing):
    faces = files.faces(n=64, height=55, width=47).transpose(0, 3, 1, 2)
    stored = np.tile(faces, (50, 1, 1, 1)).astype(np.float64)
    assert stored.nbytes > 180 * MIB
    path = files.h5(tmp_path / "a.h5", stored, np.zeros(len(stored)), **packing)
    command = [sys.executable, "-c", PROGRAM, path, tmp_path / "canonical"]
    outcome = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(outcome.stdout) < 80
