import numpy as np
import pytest

import netmend
from core import errors, modelfile


@pytest.fixture(scope="module")
def model(demo_files):
    return netmend.read_model(demo_files.model)


@pytest.fixture
def weights_only(model, tmp_path):
    modelfile.write_weights(model.file, tmp_path / "weights.h5")
    return tmp_path / "weights.h5"


def test_a_model_describes_itself(model):
    assert repr(model) == "Model('digits_bd_net': 8x8x1 -> 10 classes, 17,834 parameters)"


def test_a_path_may_be_text(demo_files, model):
    assert netmend.read_model(str(demo_files.model)).file.sha256 == model.file.sha256


def test_weights_alone_are_refused_without_an_architecture(weights_only):
    with pytest.raises(errors.WeightsOnlyModel, match="deepid-1283"):
        netmend.read_model(weights_only)


def test_weights_alone_are_read_with_an_architecture_file(model, weights_only, tmp_path):
    path = tmp_path / "architecture.json"
    path.write_text(model.to_keras().to_json())
    read = netmend.read_model(weights_only, architecture=path)
    assert read.file.n_parameters == model.file.n_parameters


def test_an_unknown_architecture_is_refused(weights_only):
    with pytest.raises(errors.InvalidParams, match="no architecture 'resnet'"):
        netmend.read_model(weights_only, architecture="resnet")


def test_a_live_model_is_copied(model):
    live = model.to_keras()
    copied = netmend.Model.from_keras(live, name="mine")
    live.set_weights([np.zeros_like(array) for array in live.get_weights()])
    assert any(array.any() for array in copied.to_keras().get_weights())
