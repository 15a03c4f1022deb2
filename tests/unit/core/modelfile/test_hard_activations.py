import numpy as np
import pytest

from core.modelfile import hard_activations

NUMBERS = np.linspace(-5, 5, 21)
RULES = {
    "Rescaling": lambda x, options: x * options["scale"] + options["offset"],
    "ReLU": lambda x, options: np.clip(x, 0, options["max_value"]),
}


def computed(network):
    known = {"x": NUMBERS}
    for layer in network.layers[1:]:
        given = [known[ref.layer] for ref in layer.calls[0]]
        apply = RULES.get(layer.kind)
        known[layer.name] = apply(*given, layer.options) if apply else np.prod(given, axis=0)
    return known[network.outputs[0].layer]


@pytest.mark.parametrize(("name", "factor"), [("hard_sigmoid", 1), ("hard_silu", NUMBERS)])
def test_the_network_is_the_function_of_keras_3(name, factor):
    expected = factor * np.clip(NUMBERS + 3, 0, 6) / 6
    network = hard_activations.network("hard", name, is_keras_3=True)
    assert np.abs(computed(network) - expected).max() < 1e-12


def test_the_network_is_the_function_of_keras_2():
    network = hard_activations.network("hard", "hard_sigmoid", is_keras_3=False)
    assert np.abs(computed(network) - np.clip(0.2 * NUMBERS + 0.5, 0, 1)).max() < 1e-12


def test_hard_swish_is_another_name_of_hard_silu():
    swish, silu = (
        hard_activations.network("hard", f"hard_{name}", is_keras_3=True)
        for name in ("swish", "silu")
    )
    assert swish == silu
