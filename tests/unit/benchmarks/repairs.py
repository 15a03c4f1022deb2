"""Rows that nothing was trained for."""

from benchmarks.repair.cells import Cell, Net, Treatment
from benchmarks.repair.measuring import Figures, TriggerFigures
from benchmarks.repair.rows import Cost, Row

VERSIONS = {"python": "3.11"}
COST = Cost(seconds=9, cpu_seconds=8.0, peak_mib=700, start_mib=600, epoch_cpu_seconds=0.4)


def figures(accuracy: float, success: float | None, n: int = 1000) -> Figures:
    trigger = TriggerFigures(
        name="0 Checkerboard", target=1, n=n, attack_success=success or 0.0, floor=0.02,
        robust_accuracy=0.1,
    )  # fmt: skip
    triggers = () if success is None else (trigger,)
    return Figures(n_clean=n, accuracy=accuracy, worst_decile=0.3, triggers=triggers)


def cell(attack, method, *, seed=0, params=None, n_clean=None) -> Cell:
    net = Net(data="cifar10", normalized=False, attack=attack, seed=seed)
    return Cell(net=net, treatment=Treatment(method=method, params=params or {}), n_clean=n_clean)


def row(attack="badnets", method="fine-tuning", success=0.5, drop=0.02, **facts) -> Row:
    which = {name: facts.pop(name) for name in ("seed", "params", "n_clean") if name in facts}
    is_benign = attack == "benign"
    return Row(
        **{
            "cell": cell(attack, method, **which),
            "config": "0",
            "status": "ok",
            "before": figures(0.7, None if is_benign else 0.99),
            "after": figures(0.7 - drop, None if is_benign else success),
            "cost": COST,
            "code": "abc",
            "versions": VERSIONS,
            **facts,
        }
    )
