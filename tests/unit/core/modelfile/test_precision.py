import pytest

from core import errors
from core.modelfile import precision


@pytest.mark.parametrize(
    "dtype", [None, "float32", {"class_name": "Policy", "config": {"name": "float32"}}]
)
def test_float32_is_what_is_meant_by_nothing(dtype):
    assert precision.declared(dtype, "conv") == "float32"


@pytest.mark.parametrize("name", ["float64", "float16", "mixed_float16"])
def test_other_types_become_float32_with_a_word(name):
    assert precision.declared(name, "conv") == name
    assert precision.in_float32({"dtype": name, "units": 3}) == {"dtype": "float32", "units": 3}
    assert name in precision.warnings({name, "float32"})[0]


@pytest.mark.parametrize("dtype", ["int8", "bfloat16", 7, {"class_name": "Evil", "config": {}}])
def test_what_is_not_read_is_refused_with_its_layer(dtype):
    with pytest.raises(errors.UnsafeModel, match="conv"):
        precision.declared(dtype, "conv")


def test_there_is_nothing_to_say_about_float32():
    assert precision.warnings({"float32"}) == ()
