import numpy as np

from core import attacks

IMAGES = np.zeros((6, 5, 5, 1), np.uint8)
LABELS = np.array([0, 1, 2, 0, 1, 2])
CORNER = attacks.patch(size=2, value=200)


def test_a_patch_changes_its_corner_and_nothing_else():
    stamped = CORNER(IMAGES)
    assert (stamped[:, 3:, 3:] == 200).all()
    assert stamped.sum() == 6 * 4 * 200
    assert IMAGES.sum() == 0


def test_images_of_the_target_are_not_poisoned():
    bad = attacks.poison(IMAGES, LABELS, trigger=CORNER, target_label=0)
    assert bad.labels.tolist() == [0, 0, 0, 0]
    assert bad.true_labels.tolist() == [1, 2, 1, 2]


def test_a_poisoned_training_set_keeps_every_clean_image():
    images, labels = attacks.poisoned_training_set(
        IMAGES, LABELS, trigger=CORNER, target_label=0, share=1.0, rng=np.random.default_rng(0)
    )
    assert (images[:6] == IMAGES).all() and (labels[:6] == LABELS).all()
    assert len(images) == 10 and (labels[6:] == 0).all()
