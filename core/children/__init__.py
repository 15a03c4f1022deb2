"""Starts the two children, the one that meets uploads and the one that does the work.

Neither TensorFlow nor h5py is loaded here. A child runs in a process group of its own, in the
folder it writes to, with a scrubbed environment. It is killed, with all it started, when its time
is up, when the caller is interrupted, and when the caller dies.
"""

from .log import Log
from .process import Child, Watch
from .uploads import Oversight, ingest_images, ingest_model, ingest_pictures
from .work import run, run_in, spare

__all__ = [
    "Child",
    "Log",
    "Oversight",
    "Watch",
    "ingest_images",
    "ingest_model",
    "ingest_pictures",
    "run",
    "run_in",
    "spare",
]
