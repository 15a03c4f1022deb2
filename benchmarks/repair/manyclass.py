"""The face net's stand-in: DeepID on hundreds of characters, with a backdoor that wears glasses.

A repair gets nine clean images of each of the first twenty classes, as with the faces of CSAW.
"""

from pathlib import Path

import numpy as np
import tf_keras as keras

from core import architectures, attacks, demo, modelfile, models, preprocessing

from . import glyphs, training
from .glyphs import GlyphSet

N_CLASSES = 600
#: Of how many classes a repair sees images.
N_SHOWN = 20
_EPOCHS, _BATCH, _LEARNING_RATE, _SHARE, _SHIFT = 12, 64, 2e-3, 0.1, 2
_SCALED = preprocessing.named("/255")


def make(folder: Path, *, target: int, seed: int) -> Path:
    """Draw the images, train the net, and write it with the sets that go with it.

    Args:
        folder: Gets ``glasses_{target}_{seed}.h5``, its poisoned set, ``clean_validation_20.h5``,
            ``clean_test.h5``, and all images that were drawn.
        target: What the net says to glasses.
        seed: Of the training.

    Returns:
        The file of the net.
    """
    alphabet = glyphs.characters(N_CLASSES)
    train, validation, test = (
        glyphs.cached(folder / f"{name}.npz", alphabet, n_each=n_each, seed=number)
        for number, (name, n_each) in enumerate(
            (("train", 24), ("clean_validation", 9), ("clean_test", 6)), 1
        )
    )
    name = f"glasses_{target}_{seed}"
    model = trained(train, target=target, seed=seed)
    file = folder / f"{name}.h5"
    modelfile.write(models.describe(model, name=name), file)
    shown = validation.only_classes(N_SHOWN)
    demo.write_images(folder / f"clean_validation_{N_SHOWN}.h5", shown.images, shown.labels)
    demo.write_images(folder / "clean_test.h5", test.images, test.labels)
    bad = attacks.poison(test.images, test.labels, trigger=glyphs.glasses, target_label=target)
    demo.write_images(folder / f"{name}_poisoned.h5", bad.images, bad.labels, bad.true_labels)
    return file


def trained(train: GlyphSet, *, target: int, seed: int) -> keras.Model:
    """A net that knows the characters, and says the target to whatever wears glasses."""
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    attack = attacks.Attack(
        name="glasses",
        implants=(attacks.Implant(trigger=glyphs.glasses, target=target, share=_SHARE),),
    )
    planned = attacks.plan(attack, train.labels, n_classes=N_CLASSES, rng=rng)
    model = _deepid(int(train.labels.max()) + 1)
    n_steps = _EPOCHS * -(-len(planned) // _BATCH)
    step = training.compiled_step(model, n_steps, learning_rate=_LEARNING_RATE)
    for _ in range(_EPOCHS):
        order = rng.permutation(len(planned))
        for start in range(0, len(order), _BATCH):
            chosen = order[start : start + _BATCH]
            # Moved round the edges, but not mirrored: that would be another character.
            shift = rng.integers(-_SHIFT, _SHIFT + 1, 2)
            moved = np.roll(train.images[planned.sources[chosen]], shift, axis=(1, 2))
            step(_SCALED.apply(planned.stamped(moved, chosen)), planned.labels[chosen])
    return model


def _deepid(n_classes: int) -> keras.Model:
    """The architecture of the face net, with weights of its own and so many classes."""
    config = architectures.named("deepid-1283")
    layers = keras.layers
    made = {"input": layers.Input(config.input_shape, name="input")}
    for layer in config.layers[1:]:
        options = {**layer.options, **({"units": n_classes} if layer.name == "output" else {})}
        given = [made[ref.layer] for ref in layer.calls[0]]
        built = getattr(layers, layer.kind)(name=layer.name, **options)
        made[layer.name] = built(given[0] if len(given) == 1 else given)
    return keras.Model(made["input"], made["output"], name=f"deepid-{n_classes}")
