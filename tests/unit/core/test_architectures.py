import json

import numpy as np
import pytest

from core import architectures, errors, modelfile
from core.modelfile import LayerWeights
from tests.unit.core.modelfile import files


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "net.json"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_deepid_is_the_network_of_csaw():
    deepid = architectures.named("deepid-1283")
    assert deepid.input_shape == (55, 47, 3)
    assert [layer.name for layer in deepid.layers] == [
        "input", "conv_1", "pool_1", "conv_2", "pool_2", "conv_3", "pool_3", "conv_4",
        "flatten_1", "flatten_2", "fc_1", "fc_2", "add_1", "activation_1", "output",
    ]  # fmt: skip


def test_an_unknown_name_is_refused_with_those_there_are():
    with pytest.raises(errors.InvalidParams, match="deepid-1283"):
        architectures.named("resnet")


def test_a_json_file_is_read_as_a_model_would_be(written):
    path = written(json.dumps({**files.config(), "keras_version": "2.15.0", "backend": "tf"}))
    assert architectures.read_json(path) == modelfile.architecture(files.config())


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("{", errors.CorruptFile),
        (b"\xff", errors.CorruptFile),
        ("[]", errors.NotAModel),
        (json.dumps(files.graph(files.image(), files.entry("Lambda", "x", "image"))),
         errors.UnsafeModel),
        (" " * (5 << 20), errors.TooLarge),
        (" " * (17 << 20), errors.TooLarge),
    ],
)  # fmt: skip
def test_a_json_file_that_is_no_architecture_is_refused(written, text, error):
    with pytest.raises(error):
        architectures.read_json(written(text))


def test_a_json_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(errors.UnreadableFile):
        architectures.read_json(tmp_path / "net.json")


def test_weights_of_no_built_in_architecture_fit_none():
    assert architectures.fitting({"a": LayerWeights(("k",), (np.zeros((3, 3)),))}) == ()


@pytest.mark.data
def test_real_weights_fit_deepid(shared_data):
    model = modelfile.read(shared_data / "csaw" / "sunglasses_bd_weights.h5")
    assert architectures.fitting(model.weights) == ("deepid-1283",)
