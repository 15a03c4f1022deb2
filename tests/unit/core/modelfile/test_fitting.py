import pytest

from core.modelfile import fitting

IMAGE = (6, 5, 3)


@pytest.mark.parametrize(
    ("check", "options"),
    [
        (fitting.check_rescaling, {"scale": 2.0}),
        (fitting.check_rescaling, {"scale": (1.0, 2.0, 3.0), "offset": ((1.0,),)}),
        (fitting.check_rescaling, {"scale": ((((1.0, 2.0, 3.0),),),)}),
        (fitting.check_normalization, {}),
        (fitting.check_normalization, {"mean": 0.5, "variance": (1.0, 2.0, 3.0)}),
        (fitting.check_normalization, {"mean": ((((1, 2, 3),),),), "variance": 1}),
        (fitting.check_normalization, {"axis": (3, 1), "mean": ((1,) * 3,) * 6, "variance": 1}),
        (fitting.check_softmax, {}),
        (fitting.check_softmax, {"axis": 3}),
        (fitting.check_dropout, {"rate": 0.5}),
        (fitting.check_dropout, {"noise_shape": (None, 1, 1, 3)}),
        (fitting.check_dropout, {"noise_shape": (5, 1)}),
    ],
)
def test_what_keras_computes_is_taken(check, options):
    assert check(options, IMAGE) is None


@pytest.mark.parametrize(
    ("check", "options"),
    [
        (fitting.check_rescaling, {"scale": (1.0, 2.0)}),
        (fitting.check_rescaling, {"scale": 1.0, "offset": ((1.0, 2.0, 3.0),) * 2}),
        (fitting.check_rescaling, {"scale": (1.0, (2.0,))}),
        (fitting.check_rescaling, {"scale": (((((1.0,),),),),)}),
        (fitting.check_normalization, {"mean": 0.5}),
        (fitting.check_normalization, {"mean": (1.0, 2.0), "variance": 1.0}),
        (fitting.check_normalization, {"mean": 1.0, "variance": (1.0, -1.0, 1.0)}),
        (fitting.check_normalization, {"axis": (3, -1)}),
        (fitting.check_normalization, {"axis": 4}),
        (fitting.check_softmax, {"axis": 4}),
        (fitting.check_softmax, {"axis": 0}),
        (fitting.check_dropout, {"noise_shape": (None, 1)}),
        (fitting.check_dropout, {"noise_shape": (None, 1, 1, 2)}),
        (fitting.check_dropout, {"noise_shape": (4, 1, 1, 1)}),
    ],
)
def test_what_keras_cannot_compute_is_refused(check, options):
    with pytest.raises(ValueError):
        check(options, IMAGE)


def test_a_scale_stretches_to_the_image_and_not_the_other_way():
    with pytest.raises(ValueError, match="scale has the shape"):
        fitting.check_rescaling({"scale": (1.0, 2.0, 3.0)}, (6, 5, 1))


def test_axes_come_in_order_and_without_the_batch():
    assert fitting.kept_axes({"axis": (-1, 1)}, 3) == [0, 2]
    assert fitting.kept_axes({}, 3) == [2]
