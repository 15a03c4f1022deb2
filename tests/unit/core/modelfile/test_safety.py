"""Code in a model file never runs; where stock Keras would run it, it is shown that it would."""

import pytest
import tf_keras as keras

from core import errors, modelfile
from tests.unit.core.modelfile import files
from tests.unit.core.modelfile.files import entry

pytestmark = pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5")

LAYERS = keras.layers


@pytest.fixture
def marker(tmp_path):
    """A file that the code in a bad model makes."""
    return tmp_path / "the code ran"


def touching(marker):
    """A Lambda whose code, kept in the file, makes the marker."""
    # Only built-ins: the code is marshalled into the file and finds nothing else there.
    touch = lambda x, path=str(marker): (open(path, "w").close(), x)[1]  # noqa: E731, PTH123
    code = LAYERS.Lambda(touch, name="code")
    return [LAYERS.Input(files.SHAPE), code, LAYERS.Flatten(), LAYERS.Dense(2)]


def with_lambda(marker, path):
    keras.Sequential(touching(marker)).save(path)


def with_nested_lambda(marker, path):
    inner = keras.Sequential(touching(marker), name="inner")
    keras.Sequential([LAYERS.Input(files.SHAPE), inner, LAYERS.Dense(2)]).save(path)


def with_operation(marker, path):
    write = entry("TFOpLambda", "write", function="io.write_file")
    write["inbound_nodes"] = [["_CONSTANT_VALUE", -1, str(marker), {"contents": "x"}]]
    files.h5(path, files.graph(files.image(), write, entry("Flatten", "flat", "write")))


CODE = [with_lambda, with_nested_lambda, with_operation]


@pytest.fixture(params=CODE, ids=lambda make: make.__name__)
def bad(request, marker, tmp_path):
    path = tmp_path / "bad.h5"
    request.param(marker, path)
    marker.unlink(missing_ok=True)  # building it ran it, too
    return path


def test_code_in_a_model_file_is_refused_and_never_runs(bad, marker):
    with pytest.raises(errors.UnsafeModel) as caught:
        modelfile.read(bad)
    assert caught.value.details["place"] in {"code", "inner.code", "write"}
    assert not marker.exists()


@pytest.mark.slow
def test_stock_keras_would_have_run_it(bad, marker, stock_answers):
    stock_answers({"bad": {"model": bad}})
    assert marker.exists()
