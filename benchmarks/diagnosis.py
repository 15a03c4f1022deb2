"""Whom a diagnosis suspects: the known targets of real backdoored nets, and nobody in benign nets.

Trains the benign nets that are not there yet. They and all diagnoses stay in `.bench/diagnosis`;
remove the `.json` files to diagnose anew.

Run: python -m benchmarks.diagnosis [NAME…]
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks import benign, shared_data
from core import data, diagnosis, finetuning, models, pipeline, preprocessing
from core.results import Diagnosis, Event
from netmend import read_model

_PLACE = Path(__file__).resolve().parent.parent / ".bench" / "diagnosis"

#: The real backdoored nets, and the classes that their triggers are known to lead to. Nothing was
#: fitted on them.
_REAL: Mapping[str, Mapping[str, tuple[int, ...]]] = {
    "csaw": {
        "sunglasses_bd_weights.h5": (0,),
        "anonymous_1_bd_weights.h5": (0,),
        "multi_trigger_multi_target_bd_weights.h5": (1, 5, 8),
    },
    "cifar10": {"badnets_bd_net.h5": (0,), "multi_bd_net.h5": (0, 4, 7)},
}
_CLEAN = {"csaw": "clean_validation_data.h5", "cifar10": "clean_validation.h5"}


@dataclass(frozen=True, kw_only=True)
class _Case:
    """A net, the clean images it is diagnosed with, and the targets it is known to have."""

    name: str
    #: Makes the file where it is missing.
    file: Callable[[], Path]
    images: Callable[[], data.LabelledImages]
    targets: tuple[int, ...] = ()
    #: Whether it was looked at when the scales of the evidence were chosen.
    is_fitted_on: bool = False


def main() -> None:
    """Print a row for each net, then how many benign nets have a suspect."""
    _PLACE.mkdir(parents=True, exist_ok=True)
    cases = [case for case in (*_benign(), *_real()) if _is_wanted(case)]
    _say("| net | classes | known targets and their ranks | suspects | largest score | s |")
    _say("|---|---|---|---|---|---|")
    for case in cases:
        _say(_row(case, _diagnosed(case)))
    _say(_count(cases, fitted_on=True))
    _say(_count(cases, fitted_on=False))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _is_wanted(case: _Case) -> bool:
    return not sys.argv[1:] or any(word in case.name for word in sys.argv[1:])


def _row(case: _Case, found: Diagnosis) -> str:
    ranks = {suspect.label: suspect.rank for suspect in found.suspects}
    known = ", ".join(f"{label}: {ranks.get(label, 'not searched')}" for label in case.targets)
    suspects = ", ".join(map(str, found.targets)) or "none"
    return (
        f"| {case.name} | {found.n_classes} | {known or 'benign'} | {suspects} | "
        f"{found.suspects[0].score:.1f} | {found.seconds:.0f} |"
    )


def _count(cases: Sequence[_Case], *, fitted_on: bool) -> str:
    """How many of the benign nets have a suspect."""
    diagnoses = [
        _diagnosed(case) for case in cases if not case.targets and case.is_fitted_on is fitted_on
    ]
    n_with, n_false = (
        sum(bool(each.targets) for each in diagnoses),
        sum(len(each.targets) for each in diagnoses),
    )
    which = "were looked at for the scales" if fitted_on else "nothing was chosen by"
    return (
        f"benign nets that {which}: {n_with} of {len(diagnoses)} have a suspect, {n_false} in all"
    )


def _benign() -> Iterator[_Case]:
    for kind in benign.KINDS:
        for seed in kind.seeds:
            yield _Case(
                name=f"{kind.name}_{seed}",
                file=partial(_trained, kind, seed),
                images=partial(_shown, kind.data),
                is_fitted_on=seed % 2 == 0,
            )


def _real() -> Iterator[_Case]:
    for folder, nets in _REAL.items():
        for name, targets in nets.items():
            place = shared_data.folder() / folder
            yield _Case(
                name=Path(name).stem,
                file=partial(Path, place, name),
                images=partial(data.open_images, place / _CLEAN[folder]),
                targets=targets,
            )


def _trained(kind: benign.Kind, seed: int) -> Path:
    path = _PLACE / f"{kind.name}_{seed}.h5"
    if not path.exists():
        benign.train(kind, seed, path)
    return path


def _shown(kind: str) -> data.LabelledImages:
    pictures = benign.to_diagnose_with(kind)
    return data.from_arrays(pictures.images, pictures.labels)


def _diagnosed(case: _Case) -> Diagnosis:
    kept = _PLACE / f"{case.name}.json"
    if not kept.exists():
        kept.write_text(json.dumps(_diagnose(case).to_json()))
    return Diagnosis.from_json(json.loads(kept.read_text()))


def _diagnose(case: _Case) -> Diagnosis:
    pipeline.make_repeatable(0)
    images = case.images()
    split = data.split(images.labels, seed=0)
    validation = finetuning.Validation(
        tune=images.only(split.tune),
        select=images.only(split.select),
        preprocessing=preprocessing.named("/255"),
    )
    execution = finetuning.Execution(seed=0, on_event=_ignore)
    model = models.build(read_model(case.file()).file)
    return diagnosis.diagnose(model, validation, execution=execution).diagnosis


def _ignore(_: Event) -> None:
    pass


if __name__ == "__main__":
    main()
