import numpy as np
import pytest

from core import attacks

LABELS = np.arange(1000) % 10


@pytest.mark.parametrize("name", attacks.NAMES)
def test_the_same_seed_is_the_same_attack(name):
    first, second = (attacks.recipe(name, seed=1, n_classes=10) for _ in range(2))
    assert first == second
    assert first.name == name


@pytest.mark.parametrize("name", attacks.NAMES)
def test_it_poisons_at_most_three_images_in_ten(name):
    attack = attacks.recipe(name, seed=0, n_classes=10)
    poisoned = attacks.plan(attack, LABELS, n_classes=10, rng=np.random.default_rng(0))
    n_bad = int(((poisoned.stamps >= 0) & (poisoned.stamps < len(attack.implants))).sum())
    assert n_bad == pytest.approx({"benign": 0}.get(name, n_bad)) and n_bad <= 300


def test_a_benign_net_sees_no_trigger():
    assert attacks.recipe("benign", seed=0, n_classes=10).implants == ()


def test_seeds_draw_other_targets():
    targets = {
        attacks.recipe("badnets", seed=seed, n_classes=10).implants[0].target for seed in range(5)
    }
    assert len(targets) > 1


def test_several_triggers_have_targets_of_their_own():
    attack = attacks.recipe("multi", seed=0, n_classes=10)
    assert len({implant.target for implant in attack.implants}) == len(attack.implants) == 3
