import numpy as np
import pytest

from core import catalogue, finetuning, models
from core.methods import distilling
from tests import tiny

IMAGES = np.random.default_rng(0).uniform(0, 1, (8, *tiny.SHAPE)).astype(np.float32)


def step(tiny_case, student, *, imitation=1.0, corrupt=lambda images: images, seed=0):
    params = catalogue.ForgetAndDistil(imitation=imitation, learning_rate=1e-2)
    trainee = finetuning.Trainee(model=student, optimizer=finetuning.optimizer(params, 80))
    trainee.optimizer.build(student.trainable_variables)
    make = distilling.distilling_step(tiny_case.model, corrupt, params=params, seed=seed)
    return make(trainee)


def test_who_says_the_same_as_the_teacher_has_nothing_to_learn(tiny_case):
    student = models.trainable_copy(tiny_case.model)
    loss = step(tiny_case, student)(IMAGES, np.zeros(8, np.int64))
    assert float(loss) == pytest.approx(0, abs=1e-4)


def test_a_student_comes_nearer_to_the_teacher(tiny_case):
    run = step(tiny_case, models.trainable_copy(tiny.untrained()))
    losses = [float(run(IMAGES, np.full(8, -1, np.int64))) for _ in range(30)]
    assert losses[-1] < 0.5 * losses[0]


def test_unknown_labels_teach_nothing(tiny_case):
    student = models.trainable_copy(tiny.untrained())
    run = step(tiny_case, student, imitation=0.0)
    before = student.get_weights()
    assert float(run(IMAGES, np.full(8, -1, np.int64))) == 0
    for first, second in zip(before, student.get_weights(), strict=True):
        assert np.array_equal(first, second)


def test_only_the_student_sees_the_corruption(tiny_case):
    student, seen = models.trainable_copy(tiny_case.model), []

    def corrupt(images):
        seen.append(images)
        return 1 - images

    loss = step(tiny_case, student, corrupt=corrupt)(IMAGES, np.zeros(8, np.int64))
    assert len(seen) == 1
    assert float(loss) > 1e-3  # without corruption there is nothing to learn


def test_mixed_images_keep_at_least_half_of_their_own(tiny_case):
    mixed = distilling._mixed(IMAGES, np.arange(8), np.random.default_rng(1))
    assert (mixed.weights >= 0.5).all() and (mixed.weights < 1).any()
    alone = mixed.weights == 1
    assert np.array_equal(mixed.images[alone], IMAGES[alone])
