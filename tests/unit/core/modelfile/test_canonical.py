import dataclasses
import json

import numpy as np
import pytest

from core import errors, modelfile
from tests.unit.core.modelfile import files


@pytest.fixture
def folder(tmp_path):
    modelfile.save_canonical(files.model(metadata={"a": 1}), tmp_path)
    return tmp_path


def edit(folder, **changes):
    facts = json.loads((folder / "model.json").read_text())
    (folder / "model.json").write_text(json.dumps({**facts, **changes}))


def test_a_model_comes_back_as_it_was(folder):
    model, again = files.model(metadata={"a": 1}), modelfile.load_canonical(folder)
    for item in ("name", "sha256", "container", "keras_version", "metadata", "warnings"):
        assert getattr(again, item) == getattr(model, item)
    assert again.architecture == model.architecture
    assert again.weights["scores"].names == model.weights["scores"].names
    assert (again.weights["scores"].arrays[0] == model.weights["scores"].arrays[0]).all()


@pytest.mark.parametrize("container", ["keras", "weights"])
def test_it_remembers_the_container(tmp_path, container):
    model = dataclasses.replace(files.model(), container=container)
    modelfile.save_canonical(model, tmp_path)
    assert modelfile.load_canonical(tmp_path).container == container


def test_the_configuration_is_checked_again(folder):
    edit(folder, config=files.config(extra=[files.entry("Lambda", "bad", "conv")]))
    with pytest.raises(errors.UnsafeModel, match="'bad'"):
        modelfile.load_canonical(folder)


def test_the_weights_are_checked_again(folder):
    np.savez(folder / "weights.npz", **{str(n): np.zeros(3) for n in range(4)})
    with pytest.raises(errors.IncompatibleWeights):
        modelfile.load_canonical(folder)


def test_pickled_weights_are_not_read(folder):
    objects = {str(n): np.array([{}], dtype=object) for n in range(4)}
    np.savez(folder / "weights.npz", **objects, allow_pickle=True)
    with pytest.raises(errors.CorruptFile, match="canonical form"):
        modelfile.load_canonical(folder)


def test_an_empty_folder_is_damage(tmp_path):
    with pytest.raises(errors.CorruptFile, match="canonical form"):
        modelfile.load_canonical(tmp_path)


def test_a_missing_fact_is_damage(folder):
    (folder / "model.json").write_text("{}")
    with pytest.raises(errors.CorruptFile, match="canonical form"):
        modelfile.load_canonical(folder)


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    with pytest.raises(errors.OutputNotWritable):
        modelfile.save_canonical(files.model(), tmp_path / "nowhere")
