"""Files go to and fro between us and stock Keras, which runs in processes of its own."""

import dataclasses

import numpy as np
import pytest

from core import architectures, modelfile, models
from core.modelfile import TensorRef
from tests.unit.core.modelfile import files

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("stock_keras")]

CLOSE = 1e-5
KINDS = [
    "sequential", "two_branches", "merges", "shared_layer", "nested", "nested_in_sequential",
    "normalized", "scaled_by_operation", "double_precision", "hard",
]  # fmt: skip
LIBRARIES = ["tf_keras", "keras"]
# Keras 3 does not load its own .h5 of an operation; all other files are loaded by who wrote them.
SAMPLES = [
    f"{library}/{kind}{ending}"
    for library in LIBRARIES
    for kind in KINDS
    for ending in (".h5", ".keras")
    if f"{library}/{kind}{ending}" != "keras/scaled_by_operation.h5"
]
REAL_MODELS = {
    "csaw2019_G_bd_net_keras2.2.4.h5": "tf_keras",
    "lab3_pruned_X2_keras2.3.1.h5": "tf_keras",
    "mnist_clean_label_bd_net_keras2.3.1.h5": "tf_keras",
    "lab3_pruned_X4_keras2.7.0.h5": "tf_keras",
    "lab3_pruned_X2_keras2.15.0.h5": "tf_keras",
    "lab3_pruned_X2_keras3.0.0.h5": "keras",
}
REAL_WEIGHTS = [
    "sunglasses_bd_weights.h5",
    "anonymous_1_bd_weights.h5",
    "multi_trigger_multi_target_bd_weights.h5",
]


@dataclasses.dataclass(frozen=True)
class Journey:
    """One file: how our model of it answers, and what the stock libraries make of ours."""

    read: modelfile.ModelFile
    ours: np.ndarray
    #: Library and job (original, back, weights, flat, flat_weights) to scores or an error.
    stock: dict


def images(model_file):
    return np.random.default_rng(0).uniform(0, 1, (4, *model_file.input_shape)).astype("float32")


def predicted(model_file):
    return models.build(model_file).predict(images(model_file), verbose=0)


def sent(path, folder, name):
    """The file read and written in every way, and the jobs for stock Keras."""
    read = modelfile.read(path)
    back = folder / f"{name}_back{modelfile.suffix(read)}"
    flat, weights = folder / f"{name}_flat.h5", folder / f"{name}.weights.h5"
    flat_weights = folder / f"{name}_flat.weights.h5"
    flattened = modelfile.flattened(read, "a_")
    modelfile.write(read, back)
    modelfile.write_weights(read, weights)
    modelfile.write(flattened, flat)
    modelfile.write_weights(flattened, flat_weights)
    return read, {
        "original": {"model": path},
        "back": {"model": back},
        "weights": {"model": back, "weights": weights},
        "flat": {"model": flat},
        "flat_weights": {"model": flat, "weights": flat_weights},
    }


def journeys(paths, folder, stock_answers):
    """Every file's journey, with one process a library for all of them."""
    sent_files = {name: sent(path, folder, name.replace("/", "_")) for name, path in paths.items()}
    jobs = {
        f"{name} {job}": what
        for name, (_, own) in sent_files.items()
        for job, what in own.items()
    }  # fmt: skip
    answers = stock_answers(jobs)
    return {
        name: Journey(
            read=read,
            ours=predicted(read),
            stock={
                (library, job): answers[library][f"{name} {job}"]
                for library in answers
                for job in own
            },
        )
        for name, (read, own) in sent_files.items()
    }


@pytest.fixture(scope="module")
def samples(stock_samples, stock_answers, tmp_path_factory):
    paths = {name: stock_samples[name.split("/")[0]] / name.split("/")[1] for name in SAMPLES}
    return journeys(paths, tmp_path_factory.mktemp("ours"), stock_answers)


@pytest.fixture(scope="module")
def real(shared_data, stock_answers, tmp_path_factory):
    csaw = shared_data / "csaw"
    paths = {name: csaw / "keras_versions" / name for name in REAL_MODELS}
    paths |= {name: csaw / name for name in REAL_WEIGHTS}
    return journeys(paths, tmp_path_factory.mktemp("real"), stock_answers)


def assert_close(scores, expected):
    assert not isinstance(scores, str), scores
    assert np.abs(np.array(scores) - expected).max() < CLOSE


@pytest.mark.parametrize("name", SAMPLES)
def test_our_model_answers_as_the_stock_library_that_wrote_the_file(samples, name):
    journey = samples[name]
    assert_close(journey.stock[name.split("/")[0], "original"], journey.ours)


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("job", ["back", "weights"])
def test_what_we_write_loads_in_the_library_that_wrote_the_file(samples, name, job):
    journey = samples[name]
    assert_close(journey.stock[name.split("/")[0], job], journey.ours)


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("job", ["flat", "flat_weights"])
def test_flattened_models_and_their_weights_load_in_both_libraries(samples, name, library, job):
    assert_close(samples[name].stock[library, job], samples[name].ours)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_comes_back_in_the_container_and_version_it_came_in(samples, name, tmp_path):
    read = samples[name].read
    back = tmp_path / f"back{modelfile.suffix(read)}"
    modelfile.write(read, back)
    again = modelfile.read(back)
    assert (again.container, again.keras_version) == (read.container, read.keras_version)
    assert again.architecture == read.architecture
    assert again.source_config == read.source_config


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_weights_in_the_new_layout_are_read_with_a_json_architecture(stock_samples, library, kind):
    path = stock_samples[library] / kind
    architecture = architectures.read_json(path.with_suffix(".json"))
    read = modelfile.read(path.with_suffix(".weights.h5"), architecture=architecture)
    whole = modelfile.read(path.with_suffix(".keras"))
    assert read.container == "weights"
    assert all((one == other).all() for one, other in zip(flat(read), flat(whole), strict=True))


@pytest.mark.data
@pytest.mark.parametrize(("name", "library"), REAL_MODELS.items())
@pytest.mark.parametrize("job", ["original", "back", "weights"])
def test_real_models_answer_the_same_before_and_after(real, name, library, job):
    assert_close(real[name].stock[library, job], real[name].ours)


@pytest.mark.data
@pytest.mark.parametrize("name", REAL_WEIGHTS)
@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("job", ["back", "weights", "flat"])
def test_real_weights_become_a_model_that_both_libraries_load(real, name, library, job):
    assert_close(real[name].stock[library, job], real[name].ours)


def test_two_models_under_one_roof_load_in_both_libraries(samples, stock_answers, tmp_path):
    parts = [
        modelfile.flattened(samples[name].read, prefix)
        for name, prefix in (("tf_keras/nested.h5", "a_"), ("keras/two_branches.keras", "b_"))
    ]
    path = tmp_path / "both.h5"
    both = together(parts, [files.layer("Average", "scores", *ends(parts))])
    modelfile.write(both, path)
    expected = (samples["tf_keras/nested.h5"].ours + samples["keras/two_branches.keras"].ours) / 2
    answers = stock_answers({"both": {"model": path}})
    assert_close(predicted(both), expected)
    assert_close(answers["tf_keras"]["both"], expected)
    assert_close(answers["keras"]["both"], expected)


def test_every_layer_of_a_joined_model_loads_in_both_libraries(samples, stock_answers, tmp_path):
    parts = [modelfile.flattened(samples["tf_keras/sequential.h5"].read, prefix) for prefix in "ab"]
    first, second = ends(parts)
    layers = [
        files.layer("Rescaling", "sharp", first, scale=2.0**40, offset=0.0),
        files.layer("Softmax", "answer", "sharp"),
        files.layer("Subtract", "margins", first, second),
        files.layer("Dot", "margin", "answer", "margins", axes=1, normalize=False),
        files.layer("Activation", "flag", "margin", activation="sigmoid"),
        files.layer("Multiply", "passed", second, "flag"),
        files.layer("Concatenate", "scores", "passed", "flag", axis=-1),
    ]
    path, both = tmp_path / "joined.h5", together(parts, layers)
    modelfile.write(both, path)
    answers = stock_answers({"joined": {"model": path}})
    assert predicted(both).shape == (4, 6)
    assert_close(answers["tf_keras"]["joined"], predicted(both))
    assert_close(answers["keras"]["joined"], predicted(both))


def flat(model_file):
    return [array for own in model_file.weights.values() for array in own.arrays]


def ends(parts):
    return [part.architecture.outputs[0].layer for part in parts]


def together(parts, layers):
    """Both parts on one input, and more layers on top; the last is the output."""
    image = files.layer("InputLayer", "image", shape=parts[0].input_shape)
    own = [
        layer.with_input_renamed(part.architecture.inputs[0].layer, "image")
        for part in parts
        for layer in part.architecture.layers
        if layer.kind != "InputLayer"
    ]
    return modelfile.from_layers(
        name="both",
        layers=[image, *own, *layers],
        inputs=[TensorRef("image")],
        outputs=[TensorRef(layers[-1].name)],
        weights={**parts[0].weights, **parts[1].weights},
        metadata={"made": "here"},
    )
