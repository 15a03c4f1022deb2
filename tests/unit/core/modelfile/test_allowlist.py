import pytest

from core import errors
from core.modelfile import allowlist


def arguments(kind, **config):
    return allowlist.constructor_arguments(kind, config, "here")


def test_known_options_become_arguments_and_the_rest_is_left_out():
    found = arguments("Conv2D", filters=3, kernel_size=[3, 3], kernel_initializer="zeros")
    assert found == {"filters": 3, "kernel_size": (3, 3)}


def test_null_is_left_to_the_default():
    assert arguments("MaxPooling2D", pool_size=[2, 2], strides=None) == {"pool_size": (2, 2)}


def test_null_is_refused_where_it_is_another_computation():
    with pytest.raises(errors.UnsafeModel, match="axis"):
        arguments("Normalization", axis=None)


def test_an_option_that_keras_3_renamed_keeps_the_name_of_keras_2():
    assert arguments("LeakyReLU", negative_slope=0.2) == {"alpha": 0.2}


def test_an_unknown_option_is_refused_with_its_place():
    with pytest.raises(errors.UnsafeModel, match="no option 'function'") as caught:
        arguments("Dense", units=3, function="os.system")
    assert caught.value.details["place"] == "here"
    assert caught.value.details["option"] == "function"


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        ("Dense", {"units": 10**9}),
        ("Dense", {"kernel_constraint": {"class_name": "MaxNorm"}}),
        ("Conv2D", {"data_format": "channels_first"}),
        ("BatchNormalization", {"renorm": True}),
        ("UpSampling2D", {"interpolation": "lanczos3"}),
        ("Conv2D", {"bias_initializer": {"class_name": "Lambda", "config": {}}}),
    ],
)
def test_a_value_that_an_option_may_not_hold_is_refused(kind, config):
    with pytest.raises(errors.UnsafeModel, match="must be"):
        arguments(kind, **config)


def test_a_missing_option_is_named():
    with pytest.raises(errors.NotAModel, match="lacks the option 'units'"):
        arguments("Dense", use_bias=True)


def test_no_layer_on_the_list_takes_code():
    assert not {"Lambda", "TFOpLambda", "StringLookup", "TimeDistributed"} & set(allowlist.LAYERS)
