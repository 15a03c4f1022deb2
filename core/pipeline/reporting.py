"""The report of one repair."""

from dataclasses import dataclass

from .. import (
    catalogue,
    devices,
    methods,
    metrics,
    provenance,
    statistics,
    summaries,
    verdict,
)
from .. import (
    report as card,
)
from ..results import (
    PairedChange,
    Reactivation,
    RepairReport,
    SeedResult,
    SeedSpread,
    Traces,
)
from .measuring import Baseline
from .packaging import Joined


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that is known of a repair when it is done."""

    repair: methods.Repair
    predictions: metrics.Predictions
    joined: Joined
    reactivation: tuple[Reactivation, ...]
    traces: Traces | None
    seeds: SeedSpread | None


def report(start: Baseline, facts: Facts) -> RepairReport:
    """The report, but for the seconds that the repair took.

    Args:
        start: The model as it came.
        facts: What became of it.
    """
    subject, options, repair = start.subject, start.options, facts.repair
    before, after = start.evaluation, metrics.evaluate(facts.predictions, subject.tests)
    change = _change(subject.tests, start.predictions, facts.predictions)
    word, reasons = verdict.judge(
        before,
        after,
        change,
        max_accuracy_drop=repair.selection.max_accuracy_drop,
        is_unchanged=repair.is_unchanged,
    )
    return RepairReport(
        verdict=word,
        verdict_reasons=reasons,
        method=options.method,
        params=catalogue.as_dict(start.params),
        seed=options.seed,
        selection=repair.selection,
        preprocessing=start.choice,
        inputs=provenance.inputs(
            subject.model_file,
            subject.clean_validation,
            subject.tests,
            unlabelled=subject.unlabelled,
        ),
        split=provenance.split(start.split, seed=options.seed),
        versions=provenance.versions(),
        command=options.command,
        seconds=0.0,
        before=before,
        after=after,
        clean_accuracy_change=change,
        goodnet=facts.joined.result,
        pruning_curve=repair.pruning_curve,
        training_curve=repair.training_curve,
        gate=verdict.check_gate(options.gate, after, change) if options.gate else None,
        warnings=(*start.warnings, *repair.warnings, *facts.joined.warnings),
        caveat=card.CAVEAT,
        device=devices.in_use(),
        diagnosis=repair.diagnosis,
        candidates=repair.candidates,
        classes=summaries.of_classes(before, after),
        effectiveness=summaries.effectiveness(before, after),
        reactivation=facts.reactivation,
        traces=facts.traces,
        seeds=facts.seeds,
        peak_memory_bytes=provenance.peak_memory_bytes(),
    )


def seed_result(
    start: Baseline, repair: methods.Repair, predictions: metrics.Predictions
) -> SeedResult:
    """What a repair with one seed came to, in short."""
    evaluation = metrics.evaluate(predictions, start.subject.tests)
    return SeedResult(
        seed=start.options.seed,
        select_accuracy=repair.selection.select_accuracy_after,
        clean_accuracy=evaluation.clean_accuracy,
        attack_success_rate={
            attack.name: attack.attack_success_rate for attack in evaluation.attacks
        },
    )


def _change(
    tests: metrics.TestSets, before: metrics.Predictions, after: metrics.Predictions
) -> PairedChange | None:
    if tests.clean is None or before.clean is None or after.clean is None:
        return None
    truth = tests.clean.labels
    return statistics.paired_change(before.clean == truth, after.clean == truth)
