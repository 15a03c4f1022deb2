"""Whether a model and the image sets of a request belong together."""

from . import data, errors
from .metrics import TestSets
from .modelfile import ModelFile

CLEAN_VALIDATION, CLEAN_TEST, UNLABELLED = "clean validation", "clean test", "unlabelled"


def check_images(model_file: ModelFile, images: data.LabelledImages, *, role: str) -> None:
    """Refuse images that the model does not take, or labels that it does not have.

    Raises:
        InvalidInput: Names the role.
    """
    with errors.concerning(role):
        data.check_against(
            images,
            input_shape=model_file.input_shape,
            n_classes=model_file.n_classes,
            role=role,
        )


def check_unlabelled(model_file: ModelFile, images: data.LabelledImages | None) -> None:
    """Refuse unlabelled images that the model does not take; what they show nobody knows."""
    if images is not None:
        check_images(model_file, images.without_labels(), role=UNLABELLED)


def check_tests(model_file: ModelFile, tests: TestSets) -> None:
    """Refuse test images that the model does not take, or labels that it does not have."""
    if tests.clean:
        check_images(model_file, tests.clean, role=CLEAN_TEST)
    for item in tests.poisoned:
        role = f"poisoned test {item.name}"
        check_images(model_file, item.images, role=role)
        with errors.concerning(role):
            data.check_targets(item, n_classes=model_file.n_classes, role=role)
    names = [item.name for item in tests.poisoned]
    for name in {name for name in names if names.count(name) > 1}:
        raise errors.InvalidInput(
            f"two poisoned sets are called {name}; their figures could not be told apart: "
            "rename one",
            received=name,
        )


def check_class_count(model_file: ModelFile, declared: int | None) -> None:
    """Refuse a model that does not have the number of classes that the caller expects."""
    if declared not in (None, model_file.n_classes):
        raise errors.ClassCountMismatch(
            f"the model has {model_file.n_classes} classes, {declared} were declared",
            expected=declared, received=model_file.n_classes, role="model",
        )  # fmt: skip


def check_can_be_split(images: data.LabelledImages) -> None:
    """Refuse clean validation images of which there is nothing to choose on."""
    if len(images) < 2:
        raise errors.InvalidDataset(
            f"clean validation: {images.name} has one image; a repair needs some to train on "
            "and others to choose on",
            expected="2 or more", received=len(images), role=CLEAN_VALIDATION,
        )  # fmt: skip


def warnings(
    validation: data.LabelledImages,
    tests: TestSets,
    *,
    unlabelled: data.LabelledImages | None = None,
) -> tuple[str, ...]:
    """What is wrong with the choice of image sets, though a repair can go on; a sentence each.

    Each begins with a name that programs can look for: ``data-overlap``, ``no-poisoned-data``.
    """
    return (
        *_overlap(validation, tests.clean, role=CLEAN_VALIDATION),
        *_overlap(unlabelled, tests.clean, role=UNLABELLED),
        *_no_poisoned(tests),
    )


def _overlap(
    given: data.LabelledImages | None, test: data.LabelledImages | None, *, role: str
) -> tuple[str, ...]:
    if given is None or test is None:
        return ()
    n_shared = data.n_shared(data.fingerprints(given), data.fingerprints(test))
    if not n_shared:
        return ()
    return (
        f"data-overlap: {n_shared} of {len(test)} clean test images are among the {role} "
        "images, pixel for pixel; what is measured on them says less than it seems to",
    )


def _no_poisoned(tests: TestSets) -> tuple[str, ...]:
    if tests.poisoned:
        return ()
    return (
        "no-poisoned-data: no poisoned test set was given, so what the repair does to an attack "
        "was not measured",
    )
