import dataclasses
import json

import h5py
import numpy as np
import pytest

from core import errors, modelfile
from core.modelfile import configs
from tests.unit.core.modelfile import files
from tests.unit.core.modelfile.files import entry, graph, image


def arrays(model):
    return {
        f"{layer} {index}": array.tolist()
        for layer, own in model.weights.items()
        for index, array in enumerate(own.arrays)
    }


@pytest.mark.parametrize(
    ("container", "ending"), [("h5", ".h5"), ("keras", ".keras"), ("weights", ".h5")]
)
def test_what_is_written_is_read_back(tmp_path, container, ending):
    model = dataclasses.replace(files.model(metadata={"a": [1]}), container=container)
    path = tmp_path / f"a{modelfile.suffix(model)}"
    modelfile.write(model, path)
    again = modelfile.read(path)
    assert path.suffix == ending
    assert arrays(again) == arrays(model)
    assert again.architecture == model.architecture
    assert again.metadata == {"a": [1]}


@pytest.mark.parametrize("container", ["h5", "keras"])
def test_the_same_model_makes_the_same_file(tmp_path, container):
    model = dataclasses.replace(files.model(), container=container)
    modelfile.write(model, tmp_path / "a")
    modelfile.write(model, tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_names_and_version_of_the_file_are_kept(tmp_path):
    old = files.h5(tmp_path / "a.h5", version="2.2.4")
    modelfile.write(modelfile.read(old), tmp_path / "b.h5")
    with h5py.File(old) as first, h5py.File(tmp_path / "b.h5") as second:
        assert second.attrs["keras_version"] == "2.2.4"
        assert json.loads(second.attrs["model_config"]) == json.loads(first.attrs["model_config"])
        assert "model_weights/conv/conv/kernel:0" in second


def test_training_state_is_not_written(tmp_path):
    old = files.h5(tmp_path / "a.h5")
    with h5py.File(old, "a") as file:
        file.attrs["training_config"] = "{}"
        file["optimizer_weights/a"] = np.zeros(3)
    modelfile.write(modelfile.read(old), tmp_path / "b.h5")
    with h5py.File(tmp_path / "b.h5") as file:
        assert set(file) == {"model_weights"}
        assert set(file.attrs) == {"backend", "keras_version", "model_config"}


def test_weights_are_written_as_old_keras_did(tmp_path):
    modelfile.write_weights(files.model(), tmp_path / "a.weights.h5")
    with h5py.File(tmp_path / "a.weights.h5") as file:
        assert file.attrs["layer_names"].tolist() == [b"image", b"conv", b"flat", b"scores"]
        assert set(file.attrs) == {"backend", "keras_version", "layer_names"}
        assert file["conv"].attrs["weight_names"].tolist() == [b"conv/kernel:0", b"conv/bias:0"]
        assert file["flat"].attrs["weight_names"].dtype == np.float64
        assert file["conv/conv/bias:0"].shape == (2,)


@pytest.mark.data
def test_real_weights_come_back_in_the_layout_they_came_in(tmp_path, shared_data):
    old = shared_data / "csaw" / "sunglasses_bd_weights.h5"
    modelfile.write_weights(modelfile.read(old), tmp_path / "a.weights.h5")
    with h5py.File(old) as first, h5py.File(tmp_path / "a.weights.h5") as second:
        assert set(second) - set(first) == {"layers", "vars"}
        assert [*first.attrs] == [*second.attrs]
        assert (first.attrs["layer_names"] == second.attrs["layer_names"]).all()
        names = [name for layer in first for name in first[layer].attrs["weight_names"]]
        assert names == [name for layer in first for name in second[layer].attrs["weight_names"]]


def test_both_layouts_of_a_weights_file_are_read(tmp_path):
    model, path = files.model(), tmp_path / "a.weights.h5"
    modelfile.write_weights(model, path)
    legacy = modelfile.read(path, architecture=model.architecture)
    with h5py.File(path, "a") as file:
        del file.attrs["layer_names"]
    new = modelfile.read(path, architecture=model.architecture)
    assert arrays(legacy) == arrays(new) == arrays(model)


def test_a_layer_called_layers_gets_the_legacy_layout_alone(tmp_path):
    config = graph(image(), entry("Flatten", "f", "image"), entry("Dense", "layers", "f", units=2))
    weights = {"layers": {"k:0": np.ones((108, 2)), "b:0": np.ones(2)}}
    model = modelfile.read(files.h5(tmp_path / "a.h5", config, weights))
    modelfile.write_weights(model, tmp_path / "a.weights.h5")
    again = modelfile.read(tmp_path / "a.weights.h5", architecture=model.architecture)
    assert arrays(again) == arrays(model)


def test_a_list_of_names_that_is_too_long_is_split(tmp_path):
    name = "layer_with_a_long_name_" + "x" * 90
    layers = [entry("ReLU", f"{name}{n}", f"{name}{n - 1}" if n else "image") for n in range(900)]
    config = graph(
        image(),
        *layers,
        entry("Flatten", "flat", f"{name}899"),
        entry("Dense", "scores", "flat", units=2, use_bias=False),
    )
    net = configs.architecture(config)
    kernel = {"scores": [np.ones((108, 2))]}
    model = modelfile.from_config(net.source_config, kernel, name="long")
    modelfile.write(model, tmp_path / "a.h5")
    with h5py.File(tmp_path / "a.h5") as file:
        assert "layer_names0" in file["model_weights"].attrs
    assert arrays(modelfile.read(tmp_path / "a.h5")) == arrays(model)


@pytest.mark.parametrize("write", [modelfile.write, modelfile.write_weights])
def test_a_place_that_cannot_be_written_is_said(tmp_path, write):
    with pytest.raises(errors.OutputNotWritable, match="cannot be written"):
        write(files.model(), tmp_path / "nowhere" / "a.weights.h5")
