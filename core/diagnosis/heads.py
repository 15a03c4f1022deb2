"""What the weights of the last layer say of each class."""

import numpy as np
import tf_keras as keras

from .. import network
from ..metrics import FloatArray


def column_sums(model: keras.Model) -> FloatArray | None:
    """The sum of the weights that lead to each class, ``(n_classes,)``.

    The features behind a ReLU are never negative, so a class with a large sum wins by default; the
    target of a backdoor often does, having been the label of more images than it should.

    Returns:
        ``None`` where the scores are not made by a Dense or a convolution of single pixels.
    """
    layer = network.score_layer(model)
    if layer is None:
        return None
    kernel = layer.get_weights()[0]
    return np.asarray(kernel.reshape(-1, kernel.shape[-1]).sum(axis=0), np.float32)
