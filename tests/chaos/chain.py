"""What a scripted job does: a chain of hashes, whose end shows that each step was done, in order.

Everything about a job follows from its seed, so that the one who checks it needs no memory.
"""

import enum
import hashlib
from collections.abc import Iterator

_BLOCK_BYTES = 32


class Nature(enum.Enum):
    """How a job behaves."""

    WORKS = "works"
    #: Kills its own process, as the system does when memory runs out.
    DIES = "dies"
    #: Reports an error.
    FAILS = "fails"
    #: Works, and does not end when it is asked to.
    STUBBORN = "stubborn"


_NATURES = (Nature.DIES, Nature.FAILS, Nature.STUBBORN)
#: Of so many seeds in a row, one is of each nature that does not simply work.
ONE_IN = 24


def nature(seed: int) -> Nature:
    """How the job of a seed behaves: one in eight is of a kind that does not simply work."""
    place = seed % ONE_IN
    return _NATURES[place] if place < len(_NATURES) else Nature.WORKS


def n_steps(seed: int) -> int:
    """How many steps the job of a seed has."""
    return 8 + seed // ONE_IN % 17


def step_s(seed: int) -> float:
    """How long each of them takes."""
    return 0.1 + seed // ONE_IN % 9 * 0.05


def links(job_id: str, seed: int) -> Iterator[bytes]:
    """A hash for each step; each needs the one before."""
    link = hashlib.sha256(f"{job_id} {seed}".encode()).digest()
    for step in range(n_steps(seed)):
        link = hashlib.sha256(link + step.to_bytes(4)).digest()
        yield link


def result(link: bytes, seed: int) -> bytes:
    """The file that a job leaves, made of its last link: 100 to 400 kB that nobody can guess."""
    n_blocks = (100_000 + seed % 300_000) // _BLOCK_BYTES
    return b"".join(hashlib.sha256(link + n.to_bytes(4)).digest() for n in range(n_blocks))
