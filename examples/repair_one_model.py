"""Repair one backdoored model with netmend's Python API.

    python examples/repair_one_model.py

It makes its own model and images: real digits, with a trigger planted on the spot. With files of
your own, leave `make_demo` out and name them instead.
"""

import tempfile
from pathlib import Path

from netmend import FinePruning, RepairData, make_demo, read_model


def main() -> None:
    """Plant a backdoor, repair the model, save and use what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        files = make_demo(Path(folder, "inputs"))
        model = read_model(files.model)
        data = RepairData.from_files(
            clean_validation=files.clean_validation,
            clean_test=files.clean_test,
            poisoned_test=[files.poisoned_test],
        )
        method = FinePruning(epochs=40, batch_size=32, learning_rate=0.01, flip=False, shift=1)
        result = method.repair(model, data)
        print(result)
        for name, figures in (("before", result.before), ("after", result.after)):
            attack = figures.attacks[0].attack_success_rate
            print(f"{name}: clean accuracy {figures.clean_accuracy.value:.1%}, "
                  f"attack success {attack.value:.1%} of {attack.n} images")  # fmt: skip
        result.save(Path(folder, "repaired"))
        print("saved:", *sorted(path.name for path in Path(folder, "repaired").iterdir()))
        images = data.clean_validation.at([0, 1, 2])
        print("labels of three images by the N+1 model:", *result.goodnet.predict(images))


if __name__ == "__main__":
    main()
