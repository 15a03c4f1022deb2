"""make hostile: the corpus through netmend and, where it is installed, through modelscan.

python -m tests.hostile [--modelscan PROGRAM] [--write docs/security.md]
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.hostile import corpus
from tests.hostile.kinds import SECRET, Kind

_BEGIN, _END = "<!-- table of make hostile -->\n", "<!-- end of the table -->\n"
_NOT_ASKED = "not installed"


@dataclass(frozen=True)
class Row:
    """One kind of file, and what netmend made of it."""

    kind: Kind
    fate: corpus.Fate
    #: Something of it ran, was read, or was left behind.
    did_something: bool

    @property
    def is_refused(self) -> bool:
        """As it should be: with its code, and nothing else happened."""
        code = self.fate.error.code if self.fate.error else None
        return code == self.kind.code and not self.did_something


def main() -> int:
    """Print the table; 1 where a file was not refused as it should be."""
    asked = _parser().parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = [_row(kind, Path(folder)) for kind in corpus.KINDS]
        verdicts = _modelscan(asked.modelscan, Path(folder))
    table = _table(rows, verdicts)
    print(table)
    if asked.write:
        before, _, rest = asked.write.read_text().partition(_BEGIN)
        asked.write.write_text(f"{before}{_BEGIN}\n{table}\n{_END}{rest.partition(_END)[2]}")
    return int(not all(row.is_refused for row in rows))


def _row(kind: Kind, folder: Path) -> Row:
    place = folder / "traps" / _file_name(kind)
    place.mkdir(parents=True)
    (folder / "files").mkdir(exist_ok=True)
    traps = corpus.set_traps(place)
    path = folder / "files" / _file_name(kind)
    kind.make(path, traps)
    before = set(folder.rglob("*"))
    fate = corpus.met(kind, path, folder / "canonical")
    return Row(kind, fate, SECRET in fate.output or set(folder.rglob("*")) != before)


def _file_name(kind: Kind) -> str:
    return kind.name.replace(" ", "-") + kind.suffix


def _modelscan(program: Path | None, folder: Path) -> Mapping[str, str]:
    """File to what modelscan says of it, all of them in one run."""
    if program is None or not program.exists():
        return defaultdict(lambda: _NOT_ASKED)
    report, started = folder / "modelscan.json", time.perf_counter()
    command = [program, "-p", folder / "files", "-r", "json", "-o", report]
    subprocess.run(command, capture_output=True, check=False, timeout=600)
    found = json.loads(report.read_text())
    print(f"modelscan took {time.perf_counter() - started:.1f} s over all files", file=sys.stderr)
    verdicts: defaultdict[str, str] = defaultdict(lambda: "does not look")
    verdicts |= dict.fromkeys(found["summary"]["scanned"].get("scanned_files", ()), "no issues")
    verdicts |= {_of(item): "error" for item in found["errors"] if "source" in item}
    verdicts |= {_of(item): f"{item['severity']}: {item['operator']}" for item in found["issues"]}
    return verdicts


def _of(item: Mapping[str, str]) -> str:
    return Path(item["source"].partition(":")[0]).name


def _table(rows: list[Row], verdicts: Mapping[str, str]) -> str:
    lines = [
        "| kind of file | given as | netmend | ms | modelscan | stock loader |",
        "|---|---|---|---|---|---|",
        *(_line(row, verdicts[_file_name(row.kind)]) for row in rows),
    ]
    return "\n".join([*_summary(rows, verdicts), "", *lines, ""])


def _line(row: Row, verdict: str) -> str:
    told = f"`{row.fate.error.code}`" if row.fate.error else "**taken**"
    cells = [
        f"{row.kind.name}: {row.kind.sentence}".replace("|", "\\|"),
        f"{row.kind.role} `{row.kind.suffix}`",
        told if row.is_refused else f"{told} **(not as it should be)**",
        f"{row.fate.seconds * 1000:.0f}",
        verdict,
        row.kind.stock,
    ]
    return f"| {' | '.join(cells)} |"


def _summary(rows: list[Row], verdicts: Mapping[str, str]) -> list[str]:
    times = sorted(row.fate.seconds for row in rows)
    said = Counter(verdicts[_file_name(row.kind)].partition(":")[0] for row in rows)
    return [
        f"{len(rows)} kinds of hostile files: {sum(row.is_refused for row in rows)} refused with"
        f" the code that they should have, {sum(row.fate.error is None for row in rows)} taken,"
        f" {sum(row.did_something for row in rows)} ran, read or left something.",
        f"Median {times[len(times) // 2]:.2f} s, slowest {times[-1]:.2f} s, with the start of the"
        " child.",
        f"modelscan: {', '.join(f'{count} {verdict}' for verdict, count in said.most_common())}.",
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hostile", description=__doc__)
    parser.add_argument("--modelscan", type=Path, help="its program, in an environment of its own")
    parser.add_argument("--write", type=Path, help="put the table into this document")
    return parser


if __name__ == "__main__":
    sys.exit(main())
