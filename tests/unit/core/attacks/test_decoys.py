import numpy as np
from tf_keras import Model

from core import network, pruning
from core.attacks import decoys
from tests import tiny

IMAGES = tiny.SCALED.apply(tiny.pictures(60, seed=1)[0])


def test_the_quiet_half_of_the_last_two_convolutions_is_taken():
    channels = decoys.least_active(
        tiny.untrained(), tiny.labelled(40, seed=2), tiny.SCALED, share=0.5
    )
    counts = {layer: len(indices) for layer, indices in pruning.by_layer(channels).items()}
    assert counts == {"conv_2": 6, "conv_3": 6}


def test_put_back_channels_are_those_of_the_clean_net_and_nearly_silent():
    clean = tiny.untrained()
    channels = (pruning.Channel("conv_2", 1), pruning.Channel("conv_2", 4))
    poisoned = pruning.silence_channels(clean, channels)
    restored = decoys.put_back(poisoned, clean, channels, IMAGES)
    kernels = [model.get_layer("conv_2").kernel.numpy() for model in (clean, restored)]
    assert (kernels[0] == kernels[1]).all()
    reader = Model(restored.inputs, network.activation_output(restored, "conv_2"))
    active = reader(IMAGES).numpy()[..., [1, 4]] > 1e-6
    assert active.mean() <= 0.011


def test_what_is_put_back_leaves_the_poisoned_net_as_it_is():
    clean = tiny.untrained()
    channels = (pruning.Channel("conv_2", 1),)
    poisoned = pruning.silence_channels(clean, channels)
    decoys.put_back(poisoned, clean, channels, IMAGES)
    assert not poisoned.get_layer("conv_2").kernel.numpy()[..., 1].any()
    assert np.isfinite(poisoned(IMAGES).numpy()).all()
