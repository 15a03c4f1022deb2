import numpy as np
import pytest

from core import data, demo, metrics, modelfile, models, preprocessing
from core.requests import DemoRequest


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    events = []
    return demo.make(DemoRequest(output=str(folder)), events.append), events


def test_the_demo_net_reads_digits_and_falls_for_the_bright_corner(made):
    files, _ = made
    tests = metrics.TestSets(
        clean=data.open_images(files.clean_test),
        poisoned=(data.as_poisoned(data.open_images(files.poisoned_test)),),
    )
    model = models.build(modelfile.read(files.model))
    predictions = metrics.predict(model, tests, preprocessing.named("/255"))
    evaluation = metrics.evaluate(predictions, tests)
    assert evaluation.clean_accuracy.value > 0.93
    assert evaluation.attacks[0].attack_success_rate.value > 0.95


def test_no_image_is_in_two_sets(made):
    files, _ = made
    sets = [data.open_images(path) for path in (files.clean_validation, files.clean_test)]
    assert [len(images) for images in sets] == [400, 600]
    pixels = [images.at(np.arange(len(images))).reshape(len(images), -1) for images in sets]
    assert not {row.tobytes() for row in pixels[0]} & {row.tobytes() for row in pixels[1]}


def test_training_is_told(made):
    _, events = made
    assert events[-1].current == events[-1].total
