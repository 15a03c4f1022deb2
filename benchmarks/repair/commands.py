"""The words of the command line."""

import argparse
import itertools
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from core import attacks
from core.catalogue import METHODS

from . import ablation, cells, sources, treatments
from .cells import Cell, Judge, Net, Treatment
from .rows import Row

_REPOSITORY = Path(__file__).resolve().parents[2]
#: Ignored by git.
_WORK = _REPOSITORY / ".bench"
_PAGE = _REPOSITORY / "docs" / "benchmark.md"


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what the command line says."""
    asked = _parser().parse_args(arguments)
    _WORDS[asked.word](asked)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.repair", description=__doc__)
    words = parser.add_subparsers(dest="word", required=True)
    for name, word in _WORDS.items():
        _add_options(words.add_parser(name, help=(word.__doc__ or "").partition("\n")[0]), name)
    return parser


def _add_options(parser: argparse.ArgumentParser, word: str) -> None:
    parser.add_argument("--work", type=Path, default=_WORK, help="folder of nets and rows")
    if word == "report":
        parser.add_argument("--output", type=Path, default=_PAGE, help="the page to write")
        parser.add_argument("--development", action="store_true", help="of what was judged so")
        return
    if word == "glyphs":
        parser.add_argument("--target", type=int, default=0)
        parser.add_argument("--seed", type=int, default=0)
        return
    usual = ablation.NETS if word == "ablation" else {}
    parser.add_argument("--data", nargs="*", choices=tuple(sources.SOURCES))
    parser.add_argument("--kinds", nargs="*", choices=("plain", "bn"), help="of the nets")
    parser.add_argument("--attacks", nargs="*", choices=attacks.NAMES)
    parser.add_argument("--net-seeds", nargs="*", type=int)
    parser.set_defaults(**usual)
    if word != "nets":
        _add_run_options(parser, word)
    parser.add_argument("--seconds", type=float, help="begin nothing after so many")


def _add_run_options(parser: argparse.ArgumentParser, word: str) -> None:
    if word == "run":
        parser.add_argument("--methods", nargs="*", help="NAME or NAME:param=value,…")
    parser.add_argument("--seeds", nargs="*", type=int, default=[0], help="of the repairs")
    parser.add_argument("--clean", type=int, help="so many clean images for each repair, not all")
    parser.add_argument("--unlabelled", action="store_true", help="the others without labels")
    parser.add_argument("--development", action="store_true", help="judge on held-out train images")
    parser.add_argument("--workers", type=int, default=2, help="repairs at a time")
    parser.add_argument("--repair-seconds", type=float, default=3600.0, help="limit of one repair")


def _train(asked: argparse.Namespace) -> None:
    """Stage A: train the nets that are missing, one after another, in one thread."""
    from . import devices, nets

    devices.one_thread()
    began = time.monotonic()
    for net in _nets(asked):
        if asked.seconds and time.monotonic() - began > asked.seconds:
            break
        if nets.is_trained(asked.work, net):
            continue
        figures = nets.train(asked.work, net)
        successes = ", ".join(f"{100 * each.attack_success:.1f}" for each in figures.triggers)
        print(f"{net.name}: accuracy {100 * figures.accuracy:.1f} %, attack {successes or '-'}",
              *nets.shortcomings(asked.work, net), sep="; ", flush=True)  # fmt: skip


def _nets(asked: argparse.Namespace) -> Iterator[Net]:
    """The nets that the filters let through, of data that is there."""
    data = asked.data or sources.available()
    for net in cells.nets(attacks.NAMES):
        if (
            net.data in data
            and (not asked.kinds or net.kind in asked.kinds)
            and (not asked.attacks or net.attack in asked.attacks)
            and (not asked.net_seeds or net.seed in asked.net_seeds)
        ):
            yield net


def _run(asked: argparse.Namespace) -> None:
    """Stage B: repair every trained net with every method, each in a process of its own."""
    _measure(asked, [treatments.named(text) for text in asked.methods or METHODS])


def _ablate(asked: argparse.Namespace) -> None:
    """Stage B, only for what the augmentation of forget-and-distil contributes."""
    if ablation.METHOD not in METHODS:
        print(f"there is no method {ablation.METHOD}, so nothing is left out of it")
        return
    _measure(asked, ablation.TREATMENTS)


def _measure(asked: argparse.Namespace, wanted: Sequence[Treatment]) -> None:
    from . import devices, nets, running

    if asked.unlabelled and not asked.clean:
        sys.exit(
            "--unlabelled: of all clean images none is left; say with --clean how many have labels"
        )

    devices.one_thread()
    chosen = [
        Cell(
            net=net,
            treatment=treatment,
            seed=seed,
            judge=_judge(asked),
            n_clean=asked.clean,
            has_unlabelled=asked.unlabelled,
        )
        for net, treatment, seed in itertools.product(_nets(asked), wanted, asked.seeds)
        if nets.is_trained(asked.work, net)
    ]
    limits = running.Limits(
        workers=asked.workers, seconds=asked.seconds, repair_seconds=asked.repair_seconds
    )
    running.run(asked.work, chosen, limits, _tell)


def _glyphs(asked: argparse.Namespace) -> None:
    """Train a many-class net with a backdoor, a stand-in for the face net in development."""
    from . import devices, manyclass

    devices.one_thread()
    print(manyclass.make(asked.work / "glyphs", target=asked.target, seed=asked.seed))


def _report(asked: argparse.Namespace) -> None:
    """Stage C: write docs/benchmark.md and its figures from the rows that are there."""
    from . import page

    page.write(asked.work, asked.output, judge=_judge(asked))


def _judge(asked: argparse.Namespace) -> Judge:
    return "development" if asked.development else "test"


def _tell(row: Row) -> None:
    if row.status != "ok":
        print(f"{row.cell.name}: {row.status}: {row.message}", flush=True)
        return
    worst = row.worst
    excess = f"{100 * worst.excess:.1f}" if worst else "-"
    seconds = row.cost.seconds if row.cost else 0
    print(f"{row.cell.name}: drop {100 * row.drop:.1f}, excess {excess}, {seconds:.0f} s",
          flush=True)  # fmt: skip


_WORDS: Mapping[str, Callable[[argparse.Namespace], None]] = {
    "nets": _train,
    "run": _run,
    "ablation": _ablate,
    "glyphs": _glyphs,
    "report": _report,
}
