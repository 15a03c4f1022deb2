"""The benchmark of the repairs, in three stages that go on where they were stopped.

Run: python -m benchmarks.repair {nets,run,ablation,report} --help
"""

import os

# Before TensorFlow is loaded: the Keras that core is written for, and no word about the processor.
os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from .commands import main

main()
