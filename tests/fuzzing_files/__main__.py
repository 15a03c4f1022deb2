"""python -m tests.fuzzing_files: go on with the cases where they stopped."""

import argparse
import json
import os
import sys
import time
from collections import Counter
from pathlib import Path

from tests.fuzzing_files import trying
from tests.fuzzing_files.trying import Tally

#: Ignored by git, and removed by `make clean`.
_STATE = Path(".hypothesis") / "fuzz-files.json"
_WAYS = {"process": trying.in_process, "child": trying.through_child}
_BATCH = {"process": 500, "child": 50}


def main() -> int:
    """Print how the cases ended; 1 where one ended in a way that nobody foresaw."""
    asked = _parser().parse_args()
    state = json.loads(asked.state.read_text()) if asked.state.exists() else {}
    own = state.setdefault(f"{asked.way}/{asked.seed}", {"next": 0, "endings": {}, "findings": []})
    tally = Tally(Counter(own["endings"]), own["findings"])
    start, deadline = own["next"], time.monotonic() + asked.seconds
    os.environ["HDF5_USE_FILE_LOCKING"] = "FALSE"
    for batch in trying.batches(range(start, start + asked.count), _BATCH[asked.way]):
        _WAYS[asked.way](asked.seed, batch, tally)
        own |= {"next": batch.stop, "endings": dict(tally.endings), "findings": tally.findings}
        asked.state.parent.mkdir(parents=True, exist_ok=True)
        asked.state.write_text(json.dumps(state))
        if time.monotonic() > deadline:
            break
    _print(asked, own)
    return int(any(trying.INTERNAL in note.partition(":")[0] for _, note in own["findings"]))


def _print(asked: argparse.Namespace, own: dict) -> None:
    print(f"{own['next']} cases of seed {asked.seed} by way of {asked.way}, all runs together")
    for ending, count in sorted(own["endings"].items(), key=lambda item: -item[1]):
        print(f"{count:8d}  {ending}")
    for index, note in own["findings"][:10]:
        print(f"case {index}: {note}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="fuzz-files", description=__doc__)
    parser.add_argument("--way", choices=_WAYS, default="process", help="where cases are read")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=10**9, help="stop after so many cases")
    parser.add_argument("--seconds", type=float, default=60.0, help="or after so many seconds")
    parser.add_argument("--state", type=Path, default=_STATE, help="where to go on from")
    return parser


if __name__ == "__main__":
    sys.exit(main())
