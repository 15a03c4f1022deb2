"""Peak memory of `netmend evaluate` on a data file of 2 GB; every process of it counts.

Run: python -m benchmarks.memory
"""

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from . import shared_data

_N_IMAGES = 32_300  # times 3 x 55 x 47 float64 is 2.0 GB


def main() -> None:
    """Print the size of the file and the peak of the largest process."""
    faces = shared_data.folder() / "csaw"
    with tempfile.TemporaryDirectory() as folder:
        clean = shared_data.repeat(
            faces / "clean_test_data.h5",
            Path(folder) / "clean.h5",
            n_images=_N_IMAGES,
            dtype="float64",
        )
        command = [
            str(Path(sys.executable).with_name("netmend")), "evaluate",
            str(faces / "sunglasses_bd_weights.h5"), "--clean-test", str(clean),
            "--preprocessing", "/255", "--json",
        ]  # fmt: skip
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        gigabytes = clean.stat().st_size / 1e9
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"evaluating a file of {gigabytes:.2f} GB: largest process {peak:.0f} MB at its peak")


if __name__ == "__main__":
    main()
