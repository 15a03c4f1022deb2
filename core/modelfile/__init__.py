"""Model files: read, checked, described, and written back in the format they came in.

Nothing in a file is executed, unpickled or followed to another file, and Keras is never asked.
"""

from .builtin import NAMED
from .canonical import load_canonical, save_canonical
from .composing import flattened, from_config, from_layers
from .configs import architecture
from .description import Architecture, Layer, LayerWeights, TensorRef, Variable
from .graph import ordered
from .model_file import ModelFile, with_weights
from .reading import read
from .writing import suffix, write, write_weights

__all__ = [
    "NAMED",
    "Architecture",
    "Layer",
    "LayerWeights",
    "ModelFile",
    "TensorRef",
    "Variable",
    "architecture",
    "flattened",
    "from_config",
    "from_layers",
    "load_canonical",
    "ordered",
    "read",
    "save_canonical",
    "suffix",
    "with_weights",
    "write",
    "write_weights",
]
