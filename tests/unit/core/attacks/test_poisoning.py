import numpy as np

from core import attacks
from core.attacks import Attack, Cover, Implant

IMAGES = np.zeros((6, 5, 5, 1), np.uint8)
LABELS = np.array([0, 1, 2, 0, 1, 2])
CORNER = attacks.patch(size=2, value=200)
OTHER = attacks.patch(size=1, value=50)


def planned(*implants, covers=(), labels=LABELS):
    attack = Attack(name="test", implants=implants, covers=covers)
    return attacks.plan(attack, labels, n_classes=3, rng=np.random.default_rng(0))


def test_images_of_the_target_are_not_poisoned():
    bad = attacks.poison(IMAGES, LABELS, trigger=CORNER, target_label=0)
    assert bad.labels.tolist() == [0, 0, 0, 0]
    assert bad.true_labels.tolist() == [1, 2, 1, 2]


def test_a_poisoned_training_set_keeps_every_clean_image():
    images, labels = attacks.poisoned_training_set(
        IMAGES, LABELS, trigger=CORNER, target_label=0, share=1.0, rng=np.random.default_rng(0)
    )
    assert (images[:6] == IMAGES).all() and (labels[:6] == LABELS).all()
    assert len(images) == 10 and (labels[6:] == 0).all() and (images[6:, 4, 4] == 200).all()


def test_all_to_all_sends_each_class_to_the_next():
    implant = Implant(trigger=CORNER, target=None, share=1.0)
    bad = attacks.tested(implant, IMAGES, LABELS, n_classes=3)
    assert bad.labels.tolist() == [1, 2, 0, 1, 2, 0]
    assert bad.true_labels.tolist() == LABELS.tolist()


def test_the_share_counts_stamped_copies():
    labels = np.ones(100, np.int64)
    poisoned = planned(Implant(trigger=CORNER, target=0, share=0.1), labels=labels)
    assert len(poisoned) == 110
    assert (poisoned.stamps == 0).sum() == 10 and (poisoned.labels == 0).sum() == 10


def test_clean_labels_stamp_images_of_the_target_and_add_none():
    implant = Implant(trigger=CORNER, target=1, share=0.5, clean_label=True)
    poisoned = planned(implant)
    stamped = poisoned.stamps == 0
    assert len(poisoned) == 6 and stamped.sum() == 1
    assert (poisoned.labels == LABELS).all() and (LABELS[stamped] == 1).all()


def test_covers_keep_their_label():
    poisoned = planned(
        Implant(trigger=CORNER, target=0, share=1.0), covers=(Cover(trigger=OTHER, share=0.5),)
    )
    covers = poisoned.stamps == 1
    assert covers.sum() == 3
    assert (poisoned.labels[covers] == LABELS[poisoned.sources[covers]]).all()


def test_each_entry_gets_its_own_trigger():
    poisoned = planned(
        Implant(trigger=CORNER, target=0, share=1.0), Implant(trigger=OTHER, target=1, share=1.0)
    )
    stamped = poisoned.stamped(IMAGES[poisoned.sources], np.arange(len(poisoned)))
    corners = stamped[:, 4, 4, 0]
    assert (
        corners.tolist()
        == np.select([poisoned.stamps == 0, poisoned.stamps == 1], [200, 50], 0).tolist()
    )
