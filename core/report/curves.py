"""The figures over the course of a repair: channels pruned, epochs trained."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from .. import percentages
from ..results import PruningStep, RepairReport, TrainingEpoch
from . import canvas, wording
from .tables import Table

_PRUNING = "pruning-curve"
_TRAINING = "training-curves"
_LEFT, _RIGHT = 52, 14


def pruning(report: RepairReport) -> canvas.Chart | None:
    """Accuracy over channels pruned, the budget and the chosen point; ``None`` without a sweep."""
    if not report.pruning_curve:
        return None
    chosen = _chosen(report)
    return canvas.Chart(
        name=_PRUNING,
        title="Pruning curve",
        caption=(
            "Accuracy on select images as channels are silenced one after another, before "
            f"fine-tuning; {_choice(chosen)} was chosen on clean validation images only."
        ),
        table=Table(
            caption="Select accuracy after each channel",
            columns=("Channels pruned", "Layer", "Channel", "Select accuracy"),
            rows=tuple(_pruning_row(step) for step in report.pruning_curve),
        ),
        paint=lambda figure: _paint_pruning(figure, report),
        height=272,
    )


def training(report: RepairReport) -> canvas.Chart | None:
    """Loss and accuracy over epochs, the kept one marked; ``None`` without training."""
    if not report.training_curve:
        return None
    kept = report.selection.epoch
    choice = "" if kept is None else f"; the weights of epoch {kept} were kept"
    return canvas.Chart(
        name=_TRAINING,
        title="Training curves",
        caption=f"Training loss and accuracy on select images after each epoch{choice}.",
        table=Table(
            caption="Loss and select accuracy of each epoch",
            columns=("Epoch", "Loss", "Select accuracy", "Learning rate"),
            rows=tuple(_training_row(epoch) for epoch in report.training_curve),
        ),
        paint=lambda figure: _paint_training(figure, report),
        height=340,
    )


def _chosen(report: RepairReport) -> PruningStep | None:
    n_chosen = sum(len(channels) for channels in report.selection.channels.values())
    steps = (step for step in report.pruning_curve if step.channels_pruned == n_chosen)
    return next(steps, None)


def _choice(chosen: PruningStep | None) -> str:
    if chosen is None:
        return "what to prune"
    accuracy = percentages.percent(chosen.select_accuracy)
    return f"the marked point ({chosen.channels_pruned} channels, {accuracy})"


def _pruning_row(step: PruningStep) -> tuple[str, ...]:
    return (
        str(step.channels_pruned),
        wording.printable(step.layer or ""),
        "" if step.channel is None else str(step.channel),
        percentages.percent(step.select_accuracy),
    )


def _training_row(epoch: TrainingEpoch) -> tuple[str, ...]:
    return (
        str(epoch.epoch),
        "" if epoch.loss is None else f"{epoch.loss:.4g}",
        percentages.percent(epoch.select_accuracy),
        "" if epoch.learning_rate is None else f"{epoch.learning_rate:.3g}",
    )


def _paint_pruning(figure: Figure, report: RepairReport) -> None:
    plot = canvas.axes(figure, top=62, height=170, left=_LEFT, right=_RIGHT)
    steps = report.pruning_curve
    plot.step(
        [step.channels_pruned for step in steps],
        [step.select_accuracy * 100 for step in steps],
        where="post", color=canvas.AFTER, linewidth=2, label="accuracy on select images",
    )  # fmt: skip
    _budget(plot, report)
    _mark_chosen(plot, _chosen(report))
    _finish(plot, xlabel="channels pruned")
    _percent_axis(plot)
    _legend(plot)


def _budget(plot: Axes, report: RepairReport) -> None:
    selection = report.selection
    lowest = selection.select_accuracy_before - selection.max_accuracy_drop
    plot.axhline(
        lowest * 100, color=canvas.BEFORE, linestyle=(0, (5, 3)), linewidth=1.6,
        label=f"budget: at least {percentages.percent(max(lowest, 0.0))}",
    )  # fmt: skip


def _mark_chosen(plot: Axes, chosen: PruningStep | None) -> None:
    if chosen is None:
        return
    plot.plot(
        chosen.channels_pruned, chosen.select_accuracy * 100,
        "D", color=canvas.INK, markeredgecolor=canvas.PAPER, markersize=9, linestyle="none",
        label=f"chosen: {chosen.channels_pruned} channels, "
        f"{percentages.percent(chosen.select_accuracy)}", clip_on=False, zorder=5,
    )  # fmt: skip


def _paint_training(figure: Figure, report: RepairReport) -> None:
    epochs = report.training_curve
    loss = canvas.axes(figure, top=24, height=120, left=_LEFT, right=_RIGHT)
    losses = {epoch.epoch: epoch.loss for epoch in epochs if epoch.loss is not None}
    loss.plot(
        list(losses), list(losses.values()),
        "s--", color=canvas.BEFORE, markersize=4, label="training loss",
    )  # fmt: skip
    _finish(loss, xlabel="")
    loss.tick_params(labelbottom=False)
    accuracy = canvas.axes(figure, top=180, height=120, left=_LEFT, right=_RIGHT)
    accuracy.sharex(loss)
    accuracy.plot(
        [epoch.epoch for epoch in epochs],
        [epoch.select_accuracy * 100 for epoch in epochs],
        "o-", color=canvas.AFTER, markersize=4, label="accuracy on select images",
    )  # fmt: skip
    _finish(accuracy, xlabel="epoch")
    _percent_axis(accuracy)
    for plot in (loss, accuracy):
        _mark_kept(plot, report.selection.epoch)
        _legend(plot, columns=2)


def _mark_kept(plot: Axes, kept: int | None) -> None:
    if kept is not None:
        plot.axvline(
            kept, color=canvas.INK, linestyle=":", linewidth=1.4, label=f"kept: epoch {kept}"
        )


def _finish(plot: Axes, *, xlabel: str) -> None:
    plot.set_xlabel(xlabel)
    plot.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    plot.yaxis.set_major_locator(MaxNLocator(5))
    plot.tick_params(length=3)


def _percent_axis(plot: Axes) -> None:
    plot.yaxis.set_major_formatter(FuncFormatter(lambda percent, _: f"{percent:g} %"))


def _legend(plot: Axes, *, columns: int = 1) -> None:
    # Above the axes: there it covers no curve, however the curve runs.
    plot.legend(
        loc="lower left", bbox_to_anchor=(-0.03, 1.0), ncols=columns,
        borderpad=0, handlelength=2.2, columnspacing=1.5,
    )  # fmt: skip
