"""How much of the machine one process takes."""

import tensorflow as tf


def one_thread() -> None:
    """TensorFlow computes in one thread, so that two of it can share two cores."""
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
