"""What there is to work on: a GPU, or the processor."""

import os
from pathlib import Path

#: Where the NVIDIA driver tells of its cards, a folder each.
NVIDIA = Path("/proc/driver/nvidia/gpus")
CPU = "cpu"


def visible(drivers: Path = NVIDIA) -> str:
    """Name of the first GPU that we may use, or ``cpu``; a library would take memory to tell.

    It is what people are shown. What a job was done on stands in its report.
    """
    cards = [_facts(path) for path in sorted(drivers.glob("*/information"))]
    # Not a setting of ours: CUDA reads it in the children, and a container's runtime sets it too.
    first = os.environ.get("CUDA_VISIBLE_DEVICES", "0").split(",")[0]
    numbered = {str(number): card for number, card in enumerate(cards)}
    named = {card["GPU UUID"]: card for card in cards if "GPU UUID" in card}
    return {**numbered, **named}.get(first, {}).get("Model", CPU)


def _facts(path: Path) -> dict[str, str]:
    lines = (line.partition(":") for line in path.read_text().splitlines())
    return {name.strip(): value.strip() for name, _, value in lines}
