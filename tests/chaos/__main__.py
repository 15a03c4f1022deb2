"""`make chaos`: faults upon the whole service, combination after combination; prints a table.

Ends with 1 if anything was lost, doubled, wrong or left, and then keeps the logs.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from . import inputs, runs, tables
from .inputs import Reference
from .runs import Outcome, Shape
from .systems import Combination

COMBINATIONS = (
    Combination(database="SQLite", broker="Valkey"),
    Combination(database="PostgreSQL", broker="Valkey"),
    Combination(database="PostgreSQL", broker="RabbitMQ"),
)
#: What starting, calming down and judging take of the time of a combination.
_AROUND_S = 60.0
#: The least time that faults and jobs are spread over.
_LEAST_S = 20.0
#: So many of the jobs load TensorFlow.
_REAL_SHARE = 0.04


def main() -> int:
    """Run all combinations that there can be here, print the table, say whether all is well."""
    options = _options()
    wanted = [item for item in COMBINATIONS if options.only in (None, item.name)]
    chosen = [item for item in wanted if _can_be_run(item)]
    folder = Path(tempfile.mkdtemp(prefix="netmend-chaos-"))
    outcomes = _outcomes(chosen, options, folder)
    for line in tables.lines(outcomes):
        _tell(line)
    _tell_findings(outcomes)
    if outcomes and not tables.n_findings(outcomes):
        shutil.rmtree(folder)
        return 0
    _tell(f"the logs are in {folder}")
    return 1


def _outcomes(
    chosen: Sequence[Combination], options: argparse.Namespace, folder: Path
) -> list[Outcome]:
    shape = _shape(options, 1 / max(1, len(chosen)))
    reference = _reference(folder, options.seed) if shape.n_real else None
    return [
        runs.run(
            combination,
            folder / str(number),
            seed=options.seed,
            shape=shape,
            reference=reference,
            tell=_tell,
        )
        for number, combination in enumerate(chosen)
    ]


def _shape(options: argparse.Namespace, share: float) -> Shape:
    """The share of one combination in all."""
    n_jobs = round(options.jobs * share)
    return Shape(
        n_jobs=n_jobs,
        n_real=round(_REAL_SHARE * n_jobs) if options.real else 0,
        n_faults=round(options.faults * share),
        seconds=max(_LEAST_S, 60 * options.minutes * share - _AROUND_S),
    )


def _reference(folder: Path, seed: int) -> Reference:
    place = folder / "reference"
    place.mkdir()
    return inputs.reference(place, seed)


def _can_be_run(combination: Combination) -> bool:
    reason = combination.missing()
    if reason:
        _tell(f"SKIPPED: {combination.name}: {reason}")
    return reason is None


def _tell_findings(outcomes: Sequence[Outcome]) -> None:
    for outcome in outcomes:
        for finding in outcome.verdict.findings:
            _tell(f"{outcome.combination.name}: {finding.kind.upper()}: {finding.what}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    names = [item.name for item in COMBINATIONS]
    parser.add_argument("--seed", type=int, default=1, help="chooses faults, victims and jobs")
    parser.add_argument("--jobs", type=int, default=330, help="in all")
    parser.add_argument("--faults", type=int, default=180, help="in all, cancels aside")
    parser.add_argument("--minutes", type=float, default=15, help="in all, about")
    parser.add_argument("--only", choices=names, help="one combination alone")
    parser.add_argument("--real", action=argparse.BooleanOptionalAction, default=True,
                        help="whether some jobs load TensorFlow")  # fmt: skip
    return parser.parse_args()


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
