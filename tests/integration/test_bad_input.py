"""Bad input: one clear line, exit code 2, and nothing is written."""

import io
import json
import zipfile

import h5py
import numpy as np
import pytest
import tf_keras as keras
from PIL import Image

import netmend
from core import modelfile
from tests.integration import command_line as cli

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The demo's model and image sets."""
    return netmend.make_demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture
def refused(files, tmp_path):
    """Runs a repair that is to be refused, and gives the one line that says why."""

    def run(*more, model=files.model, clean_validation=files.clean_validation):
        arguments = [model, "--clean-validation", clean_validation, "--quiet", *more]
        before = sorted(tmp_path.rglob("*"))
        done = cli.netmend("repair", *arguments, "-o", tmp_path / "out")
        assert (done.returncode, done.stdout) == (2, "")
        assert sorted(tmp_path.rglob("*")) == before
        (line,) = done.stderr.splitlines()
        assert line.startswith("error: ")
        return line

    return run


def test_a_file_that_is_not_hdf5(refused, tmp_path):
    page = tmp_path / "page.h5"
    page.write_text("<!DOCTYPE html>")
    assert "neither HDF5" in refused(model=page)
    assert "neither HDF5" in refused(clean_validation=page)


def test_a_truncated_file(refused, files, tmp_path):
    half = tmp_path / "half.h5"
    half.write_bytes(files.model.read_bytes()[: files.model.stat().st_size // 2])
    assert "truncated" in refused(model=half)
    half.write_bytes(files.clean_test.read_bytes()[: files.clean_test.stat().st_size // 2])
    assert "truncated" in refused("--clean-test", half)


def test_a_data_set_given_as_model(refused, files):
    assert "data set" in refused(model=files.clean_test)


def test_a_model_given_as_data_set(refused, files):
    assert "model" in refused(clean_validation=files.model)


def test_weights_that_fit_no_architecture_name_the_candidates(refused, files, tmp_path):
    model = netmend.read_model(files.model)
    modelfile.write_weights(model.file, tmp_path / "weights.h5")
    assert "deepid-1283" in refused(model=tmp_path / "weights.h5")


def test_weights_that_do_not_fit_the_architecture_named(refused, files, tmp_path):
    model = netmend.read_model(files.model)
    modelfile.write_weights(model.file, tmp_path / "weights.h5")
    line = refused("--architecture", "deepid-1283", model=tmp_path / "weights.h5")
    assert "the architecture has 7 layers with weights, but the file has 5" in line


def test_an_architecture_that_is_not_there(refused):
    assert "no architecture 'resnet'" in refused("--architecture", "resnet")


def test_a_label_that_the_model_does_not_have(refused, files, tmp_path):
    labels = np.full(400, 10)
    path = cli.changed(tmp_path / "labels.h5", files.clean_validation, label=labels)
    assert "label 10" in refused(clean_validation=path)


def test_a_fractional_label(refused, files, tmp_path):
    labels = np.full(400, 0.5)
    path = cli.changed(tmp_path / "labels.h5", files.clean_validation, label=labels)
    assert "label 0.5 of image 0" in refused(clean_validation=path)


def test_a_pixel_that_is_not_a_number(refused, tmp_path):
    images = np.full((400, 1, 8, 8), 0.5, np.float32)
    images[7, 0, 3, 3] = np.nan
    path = cli.write_images(tmp_path / "nan.h5", images, np.zeros(400, int))
    assert "nan" in refused(clean_validation=path).lower()


def test_a_wrong_number_of_channels(refused, tmp_path):
    images = np.zeros((20, 3, 8, 8), np.uint8)
    path = cli.write_images(tmp_path / "colour.h5", images, np.zeros(20, int))
    assert "only the number of channels differs" in refused(clean_validation=path)


def test_an_empty_set(refused, tmp_path):
    images = np.zeros((0, 1, 8, 8), np.uint8)
    path = cli.write_images(tmp_path / "empty.h5", images, np.zeros(0, int))
    assert "is empty" in refused(clean_validation=path)


def test_another_number_of_classes_than_declared(refused):
    assert "the model has 10 classes, 11 were declared" in refused("--classes", "11")


def test_another_number_of_class_folders_than_the_model_has_classes(refused, tmp_path):
    picture = io.BytesIO()
    Image.new("L", (8, 8)).save(picture, "PNG")
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("cats/1.png", picture.getvalue())
        archive.writestr("dogs/1.png", picture.getvalue())
    assert "2 classes" in refused(clean_validation=tmp_path / "two.zip")


def test_a_model_at_chance_says_what_was_tried(refused, files, tmp_path):
    labels = np.random.default_rng(0).integers(0, 10, 400)
    path = cli.changed(tmp_path / "shuffled.h5", files.clean_validation, label=labels)
    line = refused(clean_validation=path)
    assert "at chance" in line
    assert all(name in line for name in ("none", "/255", "[-1,1]"))


def test_a_model_without_a_convolution_is_not_for_fine_pruning(refused, dense):
    line = refused("--method", "fine-pruning", "--preprocessing", "/255", model=dense)
    assert "convolution" in line
    assert "fine-tuning" in line


def test_a_model_without_a_convolution_is_fine_tuned(files, dense, tmp_path):
    done = cli.netmend(
        "repair", dense, "--clean-validation", files.clean_validation, "--method", "fine-tuning",
        "--set", "epochs=1", "-o", tmp_path / "tuned",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_an_output_folder_that_exists(refused, tmp_path):
    (tmp_path / "out").mkdir()
    assert "exists" in refused()


def test_labels_that_are_whole_floats_are_fine(files, tmp_path):
    with h5py.File(files.clean_validation) as file:
        labels = np.array(file["label"], np.float64)
    path = cli.changed(tmp_path / "floats.h5", files.clean_validation, label=labels)
    done = cli.netmend("evaluate", files.model, "--clean-test", path, "--preprocessing", "/255")
    assert done.returncode == 0, done.stderr


def test_a_poisoned_set_whose_labels_may_mean_either(refused, files):
    assert "original" in refused("--poisoned-test", files.clean_test)


def test_parameters_and_options_that_do_not_fit(refused):
    assert "no parameter 'epoch'" in refused("--method", "fine-tuning", "--set", "epoch=3")
    many = ("--method", "fine-tuning", "--set", "epochs=many")
    assert "epochs must be" in refused(*many)
    assert "no method 'magic'" in refused("--method", "magic")
    assert "no preprocessing '/256'" in refused("--preprocessing", "/256")
    assert "is not a share" in refused("--max-accuracy-drop", "4")
    assert "2 target labels for 1 poisoned" in refused(
        "--poisoned-test", "x.h5", "--target-label", "1", "--target-label", "2"
    )


def test_a_file_that_is_not_there(refused, tmp_path):
    assert "gone.h5 cannot be read: No such file" in refused(model=tmp_path / "gone.h5")


def test_with_json_the_error_is_an_object_on_stdout_as_well(files, tmp_path):
    done = cli.netmend(
        "repair", files.clean_test, "--clean-validation", files.clean_validation, "--json",
        "--quiet", "-o", tmp_path / "out",
    )  # fmt: skip
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["code"] == "not-a-keras-model"
    assert len(done.stderr.splitlines()) == 1


def test_inspect_of_what_is_neither(tmp_path):
    (tmp_path / "notes.txt").write_text("hello")
    done = cli.netmend("inspect", tmp_path / "notes.txt", "--quiet")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)


def test_evaluate_needs_something_to_measure_on(files):
    done = cli.netmend("evaluate", files.model)
    assert done.returncode == 2
    assert "--clean-test or --poisoned-test" in done.stderr


def test_evaluate_does_not_try_preprocessings_on_test_images(files):
    done = cli.netmend("evaluate", files.model, "--clean-test", files.clean_test, "--quiet")
    assert done.returncode == 2
    assert "never tried on test images" in done.stderr


def test_predict_needs_the_preprocessing_where_the_file_does_not_say(files):
    done = cli.netmend("predict", files.model, files.clean_test, "--quiet")
    assert done.returncode == 2
    assert "--preprocessing" in done.stderr


@pytest.fixture(scope="module")
def dense(files, tmp_path_factory):
    """A good classifier of digits that has no convolution."""
    with h5py.File(files.clean_validation) as file:
        images, labels = np.array(file["data"]) / 255, np.array(file["label"])
    layers = [keras.layers.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(10)]
    model = keras.Sequential([*layers, keras.layers.Softmax()])
    model.compile(keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy")
    model.fit(images.transpose(0, 2, 3, 1), labels, epochs=10, verbose=0)
    path = tmp_path_factory.mktemp("dense") / "dense.h5"
    modelfile.write(netmend.Model.from_keras(model, name="dense").file, path)
    return path
