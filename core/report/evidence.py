"""Tables of what lies behind a report: suspects, candidates, summaries, and what was tried."""

from collections.abc import Mapping

from .. import percentages
from ..results import (
    Candidate,
    Diagnosis,
    Reactivation,
    RepairReport,
    SeedSpread,
    Spread,
    Suspect,
)
from . import wording
from .tables import Table

#: Of more suspects the rest is in report.json.
_SUSPECTS_SHOWN = 20


def of_summary(report: RepairReport) -> Table | None:
    """Figures made of others; ``None`` where there are none."""
    rows = [*_of_classes(report), *_of_effectiveness(report)]
    if not rows:
        return None
    return Table(
        caption="Figures made of those above; a rating of 0.5 is nothing gained, 1 is all of the "
        "attack gone at no cost",
        columns=("Figure", "Before", "After"),
        rows=tuple(rows),
    )


def of_reactivation(tried: tuple[Reactivation, ...]) -> Table | None:
    """Attack success before and after a training on a few poisoned images."""
    if not tried:
        return None
    return Table(
        caption="Attack success of a copy of the repaired model, before and after that training",
        columns=("Poisoned set", "Before", "After", "Select accuracy after"),
        rows=tuple(
            (
                wording.printable(one.name),
                wording.rate_in_full(one.before),
                wording.rate_in_full(one.after),
                _share(one.select_accuracy),
            )
            for one in tried
        ),
    )


def how_reactivated(tried: tuple[Reactivation, ...]) -> str:
    """What was done, and what it shows; empty where nothing was."""
    if not tried:
        return ""
    one = tried[0]
    return (
        f"A copy of the repaired model was trained for {one.epochs} epochs on {one.n_poisoned} "
        f"poisoned images among {wording.count(one.n_clean)} clean images (SGD with "
        f"momentum, learning rate {one.learning_rate:g}), for each poisoned set anew, and measured "
        "on the other images of the set. Nothing was chosen by it. A backdoor that comes back was "
        "covered up rather than removed; a model that never had one may learn it from so few "
        "images, too, and one that stays away may need more of them."
    )


def of_seeds(spread: SeedSpread | None) -> Table | None:
    """Mean, lowest and highest figure over the seeds."""
    if spread is None:
        return None
    clean = [("Clean accuracy", spread.clean_accuracy)] if spread.clean_accuracy else []
    named: list[tuple[str, Spread]] = [
        *clean,
        *((f"Attack success of '{item.name}'", item) for item in spread.attack_success_rate),
    ]
    return Table(
        caption="The same repair with other seeds; the model of the first one is delivered",
        columns=("Figure", "Mean", "Lowest", "Highest", "Seeds"),
        rows=tuple(
            (
                wording.printable(name),
                *(percentages.percent(share) for share in (item.mean, item.low, item.high)),
                str(item.n_seeds),
            )
            for name, item in named
        ),
    )


def of_diagnosis(diagnosis: Diagnosis | None) -> Table | None:
    """The most suspicious classes, with the evidence; ``None`` where nobody looked."""
    if diagnosis is None:
        return None
    shown = diagnosis.suspects[:_SUSPECTS_SHOWN]
    return Table(
        caption="Classes by how much they look like the target of a backdoor",
        columns=(
            "Class", "Rank", "Suspected", "Head z", "Margin z", "Attractor z",
            "Patch", "Added pattern",
        ),
        rows=tuple(_suspect_row(suspect) for suspect in shown),
    )  # fmt: skip


def what_was_diagnosed(diagnosis: Diagnosis | None) -> str:
    """How many classes were looked at and how many are suspected; empty where nobody looked."""
    if diagnosis is None:
        return ""
    n_suspects = len(diagnosis.targets)
    found = f"{wording.count(n_suspects)} of them {'is' if n_suspects == 1 else 'are'} suspected"
    return (
        f"Of {wording.count(diagnosis.n_classes)} classes {wording.count(diagnosis.n_examined)} "
        f"were searched for triggers, with weights and clean images alone; "
        f"{found if n_suspects else 'none is suspected'}. A suspect is no proof of a backdoor, and "
        "no suspect is no proof that there is none."
    )


def of_candidates(candidates: tuple[Candidate, ...]) -> Table | None:
    """The repairs that were tried; ``None`` where there was no choice."""
    if not candidates:
        return None
    return Table(
        caption="The repairs that were tried, and why one was chosen, by clean images alone",
        columns=(
            "Method", "Chosen", "Select accuracy", "Within budget", "Suspects' triggers left",
            "Time", "Why",
        ),
        rows=tuple(_candidate_row(candidate) for candidate in candidates),
    )  # fmt: skip


def _of_classes(report: RepairReport) -> list[tuple[str, str, str]]:
    classes = report.classes
    if classes is None:
        return []
    of = f"{wording.count(classes.n_worst)} of {wording.count(classes.n_classes)}"
    return [
        (
            f"Mean accuracy of the worst tenth of the classes ({of})",
            percentages.percent(classes.worst_tenth_before),
            percentages.percent(classes.worst_tenth_after),
        ),
        ("Classes that were lost: none of their images is right any more", "",
         wording.count(classes.n_lost)),
    ]  # fmt: skip


def _of_effectiveness(report: RepairReport) -> list[tuple[str, str, str]]:
    return [
        (
            f"Defence effectiveness rating of '{wording.printable(name)}'",
            "",
            wording.NOT_MEASURED if rating is None else f"{rating:.3f}",
        )
        for name, rating in report.effectiveness.items()
    ]


def _suspect_row(suspect: Suspect) -> tuple[str, ...]:
    return (
        str(suspect.label),
        str(suspect.rank),
        "yes" if suspect.is_suspected else "no",
        *(wording.score(z) for z in (suspect.head_z, suspect.margin_z, suspect.attractor_z)),
        wording.trigger(suspect.patch),
        wording.trigger(suspect.additive),
    )


def _candidate_row(candidate: Candidate) -> tuple[str, ...]:
    return (
        wording.printable(f"{candidate.method}{_params(candidate.params)}"),
        "yes" if candidate.is_chosen else "no",
        percentages.percent(candidate.select_accuracy),
        "yes" if candidate.is_within_budget else "no",
        _share(candidate.remaining_success),
        wording.duration(candidate.seconds),
        wording.printable(candidate.reason),
    )


def _params(params: Mapping[str, object]) -> str:
    text = ", ".join(f"{name}={wording.setting(value)}" for name, value in params.items())
    return f" ({text})" if text else ""


def _share(value: float | None) -> str:
    return wording.NOT_MEASURED if value is None else percentages.percent(value)
