"""What a net does to clean and to stamped images: labels first, then all figures from those."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import tf_keras as keras

from core import attacks, metrics, preprocessing
from core.attacks import Implant, Poisoned

from .cells import Judge, Net
from .sources import Images, Source

_Labels = npt.NDArray[np.int64]
_SCALED = preprocessing.named("/255")


@dataclass(frozen=True, kw_only=True, eq=False)
class Exam:
    """All images that the nets of one attack are measured with."""

    clean: Images
    implants: tuple[Implant, ...]
    #: For each implant, the images that it can be tested with.
    stamped: tuple[Poisoned, ...]
    n_classes: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Answers:
    """The labels that a net gives to an exam; every figure can be computed from these again."""

    #: ``(n_clean,)``.
    clean: _Labels
    #: For each implant ``(n_stamped,)``.
    stamped: tuple[_Labels, ...]


@dataclass(frozen=True, kw_only=True)
class TriggerFigures:
    """What one trigger does to one net; shares in [0, 1]."""

    #: Kind of trigger and its number in the attack.
    name: str
    #: ``None``: each class has its own.
    target: int | None
    #: Stamped images.
    n: int
    #: Share of the stamped images that get the target label.
    attack_success: float
    #: Share of the same images, unstamped, that the same net gives the target label.
    floor: float
    #: Share of the stamped images that still get their true label.
    robust_accuracy: float

    @property
    def excess(self) -> float:
        """What the trigger adds to the floor."""
        return self.attack_success - self.floor


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What a net is worth; shares in [0, 1]."""

    n_clean: int
    accuracy: float
    #: Mean accuracy of the worst tenth of the classes, of one at least.
    worst_decile: float
    triggers: tuple[TriggerFigures, ...]


def exam(net: Net, source: Source, judge: Judge) -> Exam:
    """The images that the net and its repairs are measured with."""
    clean = source.test if judge == "test" else source.development
    implants = attacks.recipe(net.attack, seed=net.seed, n_classes=source.n_classes).implants
    stamped = (
        attacks.tested(implant, clean.images, clean.labels, n_classes=source.n_classes)
        for implant in implants
    )
    return Exam(clean=clean, implants=implants, stamped=tuple(stamped), n_classes=source.n_classes)


def answers(model: keras.Model, exam: Exam) -> Answers:
    """What the model says to every image of the exam."""
    forward = metrics.compiled(model)

    def labels(images: npt.NDArray[np.uint8]) -> _Labels:
        starts = range(0, len(images), metrics.BATCH_SIZE)
        batches = (_SCALED.apply(images[start : start + metrics.BATCH_SIZE]) for start in starts)
        return np.concatenate([part for batch in batches for part in forward(batch)])

    return Answers(
        clean=labels(exam.clean.images),
        stamped=tuple(labels(stamped.images) for stamped in exam.stamped),
    )


def figures(given: Answers, exam: Exam) -> Figures:
    """All figures of a net, from its answers."""
    hits = given.clean == exam.clean.labels
    return Figures(
        n_clean=len(hits),
        accuracy=float(hits.mean()),
        worst_decile=worst_decile(hits, exam.clean.labels),
        triggers=tuple(_trigger(number, given, exam) for number in range(len(exam.implants))),
    )


def worst_decile(hits: npt.NDArray[np.bool_], labels: _Labels) -> float:
    """Mean accuracy of the tenth of the classes that the net knows worst, of one at least."""
    each = sorted(float(hits[labels == label].mean()) for label in np.unique(labels))
    return float(np.mean(each[: max(1, len(each) // 10)]))


def as_arrays(given: Answers) -> Mapping[str, _Labels]:
    """The answers under names, to be stored."""
    stamped = {f"stamped_{number}": labels for number, labels in enumerate(given.stamped)}
    return {"clean": given.clean, **stamped}


def from_arrays(arrays: Mapping[str, _Labels]) -> Answers:
    """What `as_arrays` was given."""
    names: Sequence[str] = sorted(name for name in arrays if name.startswith("stamped_"))
    return Answers(clean=arrays["clean"], stamped=tuple(arrays[name] for name in names))


def _trigger(number: int, given: Answers, exam: Exam) -> TriggerFigures:
    implant, stamped, labels = exam.implants[number], exam.stamped[number], given.stamped[number]
    targets = implant.targets(exam.clean.labels, n_classes=exam.n_classes)
    others = exam.clean.labels != targets
    return TriggerFigures(
        name=f"{number} {type(implant.trigger).__name__}",
        target=implant.target,
        n=len(labels),
        attack_success=float((labels == stamped.labels).mean()),
        floor=float((given.clean == targets)[others].mean()),
        robust_accuracy=float((labels == stamped.true_labels).mean()),
    )
